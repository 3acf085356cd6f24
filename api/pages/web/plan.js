// Chooses one shift in grid, map and table, and switches view and scale. Without it all is readable.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (query, from = document) => [...from.querySelectorAll(query)];
  const byId = (id) => document.getElementById(id);
  const select = byId("shift");
  const status = byId("status");
  const namespace = document.querySelector("svg").namespaceURI;
  root.classList.add("js");

  const draw = (parent, name, attributes, text) => {
    const element = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    parent.append(element);
  };

  // Order numbers along the chosen route, one label per place; its ends are start and end place.
  const number = (line) => {
    const group = line.closest("svg").querySelector(".nums");
    const labels = new Map();
    line.getAttribute("points").split(" ").slice(1, -1).forEach((pair, index) => {
      labels.set(pair, [...(labels.get(pair) ?? []), index + 1]);
    });
    for (const [pair, numbers] of labels) {
      const [x, y] = pair.split(",").map(Number);
      const text = numbers.join(", ");
      const width = 12 + 6 * text.length;
      draw(group, "rect", { x: x - width / 2, y: y - 9, width, height: 18, rx: 9 });
      draw(group, "text", { x, y: y + 4 }, text);
    }
  };

  const choose = (shift) => {
    all(".sel").forEach((element) => element.classList.remove("sel"));
    all(".nums").forEach((group) => group.replaceChildren());
    root.classList.toggle("picked", Boolean(shift));
    all(".who button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.s === shift));
    });
    select.value = shift;
    if (shift) {
      all(`[data-s="${shift}"]`).forEach((element) => (element.closest(".row") ?? element).classList.add("sel"));
      all("polyline.sel").forEach((line) => {
        line.parentNode.append(line);
        number(line);
      });
    }
    status.textContent = select.selectedOptions[0].dataset.status;
  };

  const toggle = (shift) => choose(select.value === shift ? "" : shift);
  select.addEventListener("change", () => choose(select.value));
  all(".who button, polyline").forEach((element) => {
    element.addEventListener("click", () => toggle(element.dataset.s));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && select.value) choose("");
  });

  const views = all("[data-view]");
  const show = (view) => {
    views.forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
      byId(button.dataset.view).hidden = button.dataset.view !== view;
    });
    byId("zoom").hidden = view !== "grid";
  };
  views.forEach((button) => button.addEventListener("click", () => show(button.dataset.view)));
  show("grid");

  const canvas = document.querySelector(".canvas");
  let zoom = 1;
  all("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => {
      zoom = Math.min(4, Math.max(0.5, zoom * Number(button.dataset.zoom)));
      canvas.style.setProperty("--zoom", zoom);
    });
  });
})();
