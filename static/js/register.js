// The register page by keyboard: Enter goes to the next field, digits choose the channel. It works without this, too.
"use strict";

(() => {
  const form = document.querySelector("form.register");
  if (!form) return;
  const fields = () => [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((el) => el.getClientRects().length && !el.disabled);

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const el = event.target;
    if (el.type === "radio" && /^[1-9]$/.test(event.key)) {
      const other = form.querySelectorAll(`input[name="${el.name}"]`)[Number(event.key) - 1];
      if (other) {
        event.preventDefault();
        other.checked = true;
        other.focus();
        other.dispatchEvent(new Event("change", { bubbles: true }));
      }
      return;
    }
    if (event.key !== "Enter" || el.tagName === "TEXTAREA" || el.tagName === "BUTTON" || el.type === "file") return;
    const all = fields();
    // Of a group of radio buttons only one is a stop.
    const next = all.slice(all.indexOf(el) + 1).find((other) => other.type !== "radio" || (other.name !== el.name && other.checked));
    event.preventDefault();
    if (next) next.focus();
  });

  // Another voter's row without sending the form.
  const rows = document.getElementById("voter-rows");
  const total = form.elements["voter-TOTAL_FORMS"];
  document.getElementById("more-voters").addEventListener("click", (event) => {
    event.preventDefault();
    const count = Number(total.value);
    if (count >= 50) return;
    const holder = document.createElement("div");
    holder.innerHTML = document.getElementById("voter-template").innerHTML.replaceAll("__prefix__", count);
    const row = holder.firstElementChild;
    rows.append(row);
    total.value = count + 1;
    row.querySelector("input").focus();
  });

  // What the text at the end is for follows from the choice above it.
  const words = form.elements.words;
  const label = form.querySelector(`label[for="${words.id}"]`);
  const rename = () => {
    const spot = form.elements.handling.value === "spot";
    label.firstChild.textContent = spot ? "答复内容" : "处理意见";
    words.placeholder = spot ? "怎样答复的。来访人凭编号和查询码能看到这段话。" : "建议怎样办理，可以不写。";
  };
  form.addEventListener("change", (event) => { if (event.target.name === "handling") rename(); });
  rename();

  // To work at once: the first field that is still empty. After a mistake the page has gone to that itself.
  // On a phone that would only push the keyboard over the page.
  if (!form.querySelector(".is-invalid") && !matchMedia("(pointer: coarse)").matches) (form.elements.deputy.value ? form.elements["voter-0-name"] : form.elements.deputy).focus();
})();
