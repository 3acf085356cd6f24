// A certified OpenID Connect provider with the users, clients and API of the tests.
// Prints its port once it listens; ends when its standard input does.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const [callback, audience] = process.argv.slice(2)
const users = {
  'u-scheduler': { municipality: 'm-1', roles: ['scheduler'], units: ['north'] },
  'u-provider': { municipality: 'm-1', roles: ['provider'], provider: 'p-1' },
  'u-nowhere': { roles: ['admin'] },
}
const told = ['municipality', 'roles', 'units', 'provider']
const jwk = (type, options, more) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...more,
})

const server = createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      {
        client_id: 'hemplan-web', client_secret: 'a-secret-of-the-tests', scope: 'openid',
        redirect_uris: [callback], post_logout_redirect_uris: [new URL('/', callback).href],
      },
      {
        client_id: 'm-1-system', client_secret: 'a-secret-of-the-tests', redirect_uris: [],
        response_types: [], grant_types: ['client_credentials'],
      },
    ],
    jwks: { keys: [
      jwk('rsa', { modulusLength: 2048 }, { kid: 'rsa', alg: 'RS256' }),
      jwk('ec', { namedCurve: 'P-256' }, { kid: 'ec', alg: 'ES256' }),
    ] },
    claims: { openid: ['sub', ...told] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a-key-of-the-tests'] },
    findAccount: (_context, id) => users[id] && {
      accountId: id, claims: () => ({ sub: id, ...users[id] }),
    },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context, _client, one) => one ?? 'urn:hemplan',
        getResourceServerInfo: () => ({
          scope: '', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ municipality: 'm-1', roles: ['assessor'] }),
    ttl: { AccessToken: 600, ClientCredentials: 600, Grant: 600, IdToken: 600, Interaction: 600,
      Session: 600 },
  })
  server.on('request', provider.callback())
  console.log(port)
})
process.stdin.resume()
process.stdin.on('end', () => process.exit())
