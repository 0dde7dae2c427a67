"use strict";
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const theme = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  showTheme();

  for (const button of document.querySelectorAll("button.copy")) {
    const command = button.parentElement.querySelector("code");
    button.hidden = false;
    button.addEventListener("click", async () => {
      let done = "Copied";
      try {
        await navigator.clipboard.writeText(command.textContent);
      } catch {
        // A file that was opened from disk may not write to the clipboard everywhere: then it is ready to be copied.
        window.getSelection().selectAllChildren(command);
        done = "Selected";
      }
      button.textContent = done;
      setTimeout(() => { button.textContent = "Copy curl"; }, 2000);
    });
  }

  // A link to a deviation opens it.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus();
    }
  };
  window.addEventListener("hashchange", open);
  open();

  // What is folded is printed too, and folded again afterwards.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".finding:not([open])")];
    for (const details of folded) details.open = true;
  });
  window.addEventListener("afterprint", () => { for (const details of folded) details.open = false; });

  const form = document.getElementById("filter");
  if (!form) return;
  const rows = [...document.querySelectorAll("#requirements tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const output = form.querySelector("output");
  const count = (number) => `${number} ${number === 1 ? "requirement" : "requirements"}`;
  const filter = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { value: level } = form.elements.level;
    const { value: standing } = form.elements.standing;
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = words.every((word) => texts[index].includes(word))
        && (!level || row.dataset.level === level) && (!standing || row.dataset.standing === standing);
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    output.textContent = shown === rows.length ? count(shown) : `${shown} of ${count(rows.length)}`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
})();
