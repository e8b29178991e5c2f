/* The organisation that the reader last looked at: stored in this browser only, offered on pages
   that search for one, deleted on request. Pages also work in a browser that stores nothing. */
(function () {
  "use strict";
  var KEY = "last-organisation";
  var PATH = /^\/organisations\/[^/?#\\]+$/;

  function read() {
    try {
      var entry = JSON.parse(localStorage.getItem(KEY));
      // As written it must be the address it leads to: ".." and the like are not.
      var plain = new URL(entry.path, location.origin).href === location.origin + entry.path;
      return plain && PATH.test(entry.path) && entry.name.trim() ? entry : null;
    } catch (error) { return null; }
  }

  function write(entry) {
    try {
      if (entry) { localStorage.setItem(KEY, JSON.stringify(entry)); }
      else { localStorage.removeItem(KEY); }
    } catch (error) { /* storage is blocked or full */ }
  }

  function offer() {
    var entry = read();
    document.querySelectorAll("[data-last]").forEach(function (place) {
      if (entry) {
        place.querySelector("a").setAttribute("href", entry.path);
        place.querySelectorAll("[data-name]").forEach(function (item) {
          item.textContent = entry.name;
        });
      }
      place.hidden = !entry;
    });
  }

  /* Its own page has its name as heading; the pages below it have it in the breadcrumbs. */
  function remember(status) {
    var path = location.pathname.split("/").slice(0, 3).join("/");
    if (!PATH.test(path)) { return; }
    if (status === 404 && location.pathname === path && (read() || {}).path === path) {
      write(null);
    }
    var trail = document.querySelector("#page .breadcrumbs");
    if (status !== 200 || !trail) { return; }
    var up = Array.prototype.find.call(trail.querySelectorAll("a"), function (link) {
      return link.pathname === path;
    });
    var source = up || (location.pathname === path && document.querySelector("#page h1"));
    if (source) { write({ path: path, name: source.textContent.trim().slice(0, 200) }); }
  }

  document.addEventListener("arrived", function (event) {
    remember(event.detail.status);
    offer();
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-last] button");
    if (!button) { return; }
    var body = decodeURIComponent(((read() || {}).path || "").split("/").pop());
    try {
      // The date of the figures at the last visit goes too.
      Object.keys(localStorage).forEach(function (key) {
        if (/^visit /.test(key) && key.split(" ").pop() === body) { localStorage.removeItem(key); }
      });
    } catch (error) { /* nothing was kept */ }
    write(null);
    offer();
    document.getElementById("announcer").textContent = "Forgotten";
    var search = document.querySelector("#page [type=search]");
    if (search) { search.focus(); }
  });

  window.addEventListener("storage", offer);
})();
