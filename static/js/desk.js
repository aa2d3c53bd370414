// The desk by keyboard: Enter goes to the next field, a known visitor's name and village are put in. It works without this, too.
"use strict";

(() => {
  const form = document.getElementById("entry");
  if (!form) return;
  const fields = () => [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((el) => el.getClientRects().length && !el.disabled);

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const el = event.target;
    if (event.key !== "Enter" || el.tagName === "TEXTAREA" || el.tagName === "BUTTON") return;
    const all = fields();
    // Of a group of radio buttons only one is a stop.
    const next = all.slice(all.indexOf(el) + 1).find((other) => other.type !== "radio" || (other.name !== el.name && other.checked));
    event.preventDefault();
    if (next) next.focus();
  });

  // Whoever has been here before: only into what is still empty. What was put in goes when another number is typed.
  const filled = {};
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "known") return;
    const known = event.target.querySelector(".entry-known");
    for (const name of ["name", "address"]) {
      const field = form.elements[name];
      if (field.value === "" || field.value === filled[name]) field.value = filled[name] = known ? known.dataset[name] : "";
    }
  });
  form.querySelector(".entry-find").hidden = true; // the number is looked up by itself

  const words = form.elements.words;
  const label = form.querySelector(`label[for="${words.id}"]`);
  const rename = () => {
    const spot = form.elements.handling.value === "spot";
    label.firstChild.textContent = spot ? "答复内容" : "处理意见";
    words.placeholder = spot ? "怎样答复的。来访人凭编号和查询码能看到这段话。" : "建议怎样办理，可以不写。";
  };
  form.addEventListener("change", (event) => { if (event.target.name === "handling") rename(); });
  rename();

  // To work at once; on a touch screen only once a visitor has been taken down, else the keyboard covers the page.
  const touch = matchMedia("(pointer: coarse)").matches;
  if (!form.querySelector(".is-invalid") && (!touch || document.querySelector(".desk-done"))) form.elements.phone.focus({ preventScroll: true });
})();
