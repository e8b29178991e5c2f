/* "Since your last visit": which figures of a body this browser saw before the present ones.
   The page says of whom and of which date it speaks (`data-visit`, `data-seen`) in a paragraph
   that stays hidden when there is nothing to offer, or nothing can be remembered. */
(function () {
  "use strict";
  function offer(place) {
    place.removeAttribute("data-visit-new");
    var now = place.dataset.seen, key = "visit " + place.dataset.visit, visit;
    try { visit = JSON.parse(localStorage.getItem(key)) || {}; } catch (error) { visit = {}; }
    if (now > (visit.seen || "")) {
      visit = { seen: now, before: visit.seen };
      try { localStorage.setItem(key, JSON.stringify(visit)); } catch (error) { return; }
    }
    if (!/^\d{4}-\d\d-\d\d$/.test(visit.before) || visit.before >= now) { return; }
    var query = new URLSearchParams(location.search);
    if (query.get("since") === visit.before) { return; }
    query.set("since", visit.before);
    var link = place.querySelector("a");
    link.href = location.pathname + "?" + query + "#changes";
    link.querySelector("span").textContent = new Intl.DateTimeFormat("en-GB",
      { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }
    ).format(new Date(visit.before));
    place.hidden = false;
  }

  function look() { document.querySelectorAll("[data-visit-new]").forEach(offer); }
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
