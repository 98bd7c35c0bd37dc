// Results as one types. Without this file the form is sent as any other.
(() => {
  "use strict";

  const form = document.getElementById("search");
  const filters = form.querySelector("details");
  let wanted = null; // the address of what the form says
  let asking = false;
  let leaving = false;

  const address = () => {
    const said = [...new FormData(form)].filter(([, value]) => value.trim());
    return `recherche?${new URLSearchParams(said)}`;
  };

  const show = async (here) => {
    const answer = await fetch(`${here}&resultats`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const results = page.getElementById("results");
    if (!results) return form.submit(); // the page says what is wrong with the archive
    document.getElementById("results").replaceWith(document.importNode(results, true));
    history.replaceState(history.state, "", here);
    document.title = form.q.value.trim() || "Recherche dans l’archive";
  };

  // One request at a time: what was typed meanwhile is asked when its answer has come.
  const search = async () => {
    wanted = address();
    if (asking) return;
    asking = true;
    try {
      for (let shown = null; shown !== wanted; ) await show((shown = wanted));
    } catch {
      if (!leaving) form.submit(); // the browser says what is wrong
    } finally {
      asking = false;
    }
  };

  addEventListener("beforeunload", () => {
    leaving = true;
  });
  form.q.addEventListener("input", search);
  // Beside the results they stand open; above them, only when some are set.
  const narrow = matchMedia("(max-width: 940px)").matches;
  filters.open = !narrow || document.querySelector("#results .chip") !== null;
  filters.addEventListener("change", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });

  // What was typed or chosen before this file had come.
  const changed = (field) =>
    field.options
      ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected))
      : field.value !== field.defaultValue;
  if ([...form.querySelectorAll("input, select")].some(changed)) search();
})();
