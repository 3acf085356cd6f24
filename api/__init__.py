"""The rim of Hemplan: documents, flow, command line and HTTP. Imports nothing by itself."""
