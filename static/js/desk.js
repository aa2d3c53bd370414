// The desk by keyboard: Enter goes to the next field, a known visitor's name and village are put in. It works without this, too.
"use strict";

(() => {
  const form = document.getElementById("entry");
  if (!form) return;
  const fields = () => [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((el) => el.getClientRects().length && !el.disabled);

  // Of a group of radio buttons only one is a stop: the one that is chosen, else the first.
  const isStop = (el) => el.type !== "radio" || el.checked || (!form.querySelector(`input[name="${el.name}"]:checked`) && el === form.elements[el.name][0]);
  const after = (el) => { const all = fields(); return all.slice(all.indexOf(el) + 1).find((other) => isStop(other) && (other.type !== "radio" || other.name !== el.name)); };
  const chosen = (name) => form.elements[name].value;
  const choose = (name, value) => form.querySelectorAll(`[name="${name}"]`).forEach((el) => { if (el.type === "radio") el.checked = el.value === value; else el.value = value; });

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const el = event.target;
    if (el.closest(".entry-about") && /^[0-9]$/.test(event.key)) {
      const group = [...form.querySelectorAll(`input[name="${el.name}"]`)];
      if (event.key !== "0" && !group[event.key - 1]) return;
      event.preventDefault();
      choose(el.name, event.key === "0" ? "" : group[event.key - 1].value);
      if (event.key !== "0") after(el).focus();
      return;
    }
    if (event.key !== "Enter" || el.tagName === "TEXTAREA" || el.tagName === "BUTTON") return;
    const next = after(el);
    event.preventDefault();
    if (next) next.focus();
  });

  // What is not told is left open: pressed once more, a choice is taken back.
  let before = false;
  form.querySelectorAll(".entry-about label").forEach((label) => {
    const input = document.getElementById(label.htmlFor);
    label.addEventListener("pointerdown", () => { before = input.checked; });
    label.addEventListener("click", (event) => { if (before) { event.preventDefault(); input.checked = before = false; } });
  });

  // Whoever has been here before: only into what is still empty. What was put in goes when another number is typed.
  const filled = {};
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "known") return;
    const known = event.target.querySelector(".entry-known");
    for (const name of ["name", "address", "gender", "age_band"]) {
      if (chosen(name) === "" || chosen(name) === filled[name]) choose(name, filled[name] = known ? known.dataset[name] : "");
    }
  });
  form.querySelector(".entry-find").hidden = true; // the number is looked up by itself

  // The first deputy to sign in receives, unless something else was chosen.
  let chosenByHand = false;
  form.elements.deputy.addEventListener("change", () => { chosenByHand = true; });
  document.addEventListener("htmx:afterSwap", () => {
    const present = document.getElementById("desk-side").dataset.deputy;
    if (present && !chosenByHand && form.elements.deputy.value === "") form.elements.deputy.value = present;
  });

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
