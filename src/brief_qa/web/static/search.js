// Results as one types. Without this file the form is sent as any other.
(() => {
  "use strict";

  const PAUSE = 150; // milliseconds without a key before the archive is asked
  const form = document.getElementById("search");
  const filters = form.querySelector("details");
  let waiting = 0;
  let asked = null;

  const address = () => {
    const said = [...new FormData(form)].filter(([, value]) => value.trim());
    return `recherche?${new URLSearchParams(said)}`;
  };

  const search = async () => {
    asked?.abort();
    asked = new AbortController();
    const here = address();
    try {
      const answer = await fetch(`${here}&resultats`, { signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const results = page.getElementById("results");
      if (!results) return form.submit(); // the page says what is wrong with the archive
      document.getElementById("results").replaceWith(document.importNode(results, true));
      history.replaceState(null, "", here);
      document.title = form.q.value.trim() || "Recherche dans l’archive";
    } catch (error) {
      if (error.name !== "AbortError") form.submit(); // the browser says what is wrong
    }
  };

  const soon = (pause) => {
    clearTimeout(waiting);
    waiting = setTimeout(search, pause);
  };

  form.q.addEventListener("input", () => soon(PAUSE));
  // Beside the results they stand open; above them, only when some are set.
  const narrow = matchMedia("(max-width: 940px)").matches;
  filters.open = !narrow || document.querySelector("#results .chip") !== null;
  filters.addEventListener("change", () => soon(0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon(0);
  });
})();
