// Conveniences of the forms about a case. Every form works without them.
"use strict";

(() => {
  // Phrases that are put in with one press: <div data-phrases="id_text" hidden>
  for (const box of document.querySelectorAll("[data-phrases]")) {
    const text = document.getElementById(box.dataset.phrases);
    if (!text) continue;
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const phrase = button.dataset.phrase || button.textContent;
      const at = text.selectionEnd ?? text.value.length;
      const gap = at && !/\s$/.test(text.value.slice(0, at)) ? "\n" : "";
      text.setRangeText(gap + phrase, at, at, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
  }

  // How much is written, once it comes near the most: <textarea data-count="8000">
  const length = (text) => [...text.replace(/\r\n/g, "\n").trim()].length;
  for (const text of document.querySelectorAll("textarea[data-count]")) {
    const most = Number(text.dataset.count);
    const counter = document.createElement("span");
    counter.className = "counter";
    counter.setAttribute("aria-live", "polite");
    text.after(counter);
    const show = () => {
      const count = length(text.value);
      counter.textContent = count > most * 0.8 ? `${count} / ${most} 字` : "";
      counter.classList.toggle("counter-over", count > most);
    };
    text.addEventListener("input", show);
    show();
  }

  // A text field grows with what is in it.
  const grow = (text) => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, innerHeight * 0.7)}px`;
  };
  for (const text of document.querySelectorAll("form textarea")) {
    text.addEventListener("input", () => { if (text.scrollHeight > text.clientHeight) grow(text); });
    if (text.scrollHeight > text.clientHeight) grow(text);
  }

  // Arrows leaf through what is one at a time, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    const side = { ArrowLeft: "left", ArrowRight: "right" }[event.key];
    if (!side || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (/^(INPUT|TEXTAREA|SELECT|SUMMARY)$/.test(event.target.tagName) || document.querySelector("dialog[open]")) return;
    document.querySelector(`[data-arrow="${side}"]`)?.click();
  });

  // A panel that is called by its key is open, with the cursor in its first field.
  document.addEventListener("click", (event) => {
    const summary = event.target.closest(".panel > summary");
    if (!summary || event.detail || document.activeElement === summary) return;
    event.preventDefault();
    summary.parentElement.open = true;
    summary.parentElement.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  });

  // On paper nothing is folded away.
  addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("details.former")) part.open = true; });

  // A menu closes when something else is pressed.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.more[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });
})();
