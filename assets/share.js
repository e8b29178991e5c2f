/* Passing figures on: their address or HTML into the clipboard, and a picture of them for a slide,
   which slides.js makes in this browser. What is done is said in the row and aloud. */
(function () {
  "use strict";
  // Without a script there are no buttons, and the address is a link.
  document.documentElement.classList.add("scripted");

  function say(button, words) {
    button.closest(".menu").querySelector("[data-said]").textContent = words;
    var spoken = document.getElementById("announcer");
    spoken.textContent = "";
    setTimeout(function () { spoken.textContent = words; }, 50);
  }

  /* --- the clipboard --- */

  function copy(words) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(words);
    }
    var area = document.createElement("textarea");
    var before = document.activeElement;
    area.value = words;
    area.className = "hidden";
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    before.focus();
    return done ? Promise.resolve() : Promise.reject(new Error("refused"));
  }

  function copied(button) {
    var words = button.dataset.copy;
    if (words[0] === "/") { words = new URL(words, location.href).href; }
    words = withDates(words);
    copy(words).then(function () { say(button, button.dataset.done); },
      function () { say(button, "Your browser does not allow copying. Copy this: " + words); });
  }

  /* An address of a figure, or the HTML around one, with the dates that charts show now. */
  function withDates(words) {
    var dates = new URLSearchParams(location.search).get("dates");
    if (!dates || !/^[\d.-]+$/.test(dates) || /[?&]dates=/.test(words)) { return words; }
    if (/^https?:/.test(words)) {
      var url = new URL(words);
      url.searchParams.set("dates", dates);
      return url.href;
    }
    return words.replace(/src="([^"]*\?[^"]*)"/, 'src="$1&amp;dates=' + dates + '"');
  }

  /* --- pictures for slides --- */

  var here = document.currentScript.src;
  var maker = null;         // the scripts that make slides, once they are asked for

  function fetched(name) {
    return new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      // With our own edition, so that it is never of an older release than we are.
      script.src = new URL(name + new URL(here).search, here).href;
      script.onload = resolve;
      script.onerror = function () { maker = null; script.remove(); reject(); };
      document.body.appendChild(script);
    });
  }

  function withMaker() {
    maker = maker || Promise.all(["redraw.js", "slides.js"].map(fetched));
    return maker;
  }

  /* What a slide says: from the menu, with where we are. */
  function wordsOf(menu) {
    var data = menu.dataset;
    return { title: data.title, dates: data.dates, last: data.until, of: data.of, menu: menu,
      total: Number(data.total || 0), first: Number(data.first || 1), source: data.source.replace("{site}", location.host),
      figure: menu.closest("figure") };
  }

  function save(button) {
    var menu = button.closest("[data-slide]"), kind = button.dataset.as.split(" ");
    say(button, "Making the picture …");
    withMaker().then(function () {
      return window.dashboard.slide(wordsOf(menu), kind[0], kind[1]);
    }).then(function (blob) {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = menu.dataset.slide + "-" + kind[0] + "." + kind[1];
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
      say(button, "Picture saved");
    }).catch(function () { say(button, "The picture could not be made. Is the chart drawn?"); });
  }

  /* An address can ask for a picture (#picture= and the name of a figure): the reader is led to the
     figure, and its first picture is saved once it is drawn. Loading the page again does not save it
     once more. */
  var PATIENCE = 60, STEP_MS = 250;

  function heed() {
    var name = /^#picture=([\w-]+)$/.exec(location.hash);
    // What the server sent is there still: the page that stays is about to take its place.
    if (!name || document.getElementById("first-page")) { return; }
    var figure = document.querySelector("#page [data-figure='" + name[1] + "']");
    var button = figure && figure.querySelector("[data-slide] button");
    if (!button) { return; }
    history.replaceState(history.state, "", location.pathname + location.search);
    button.closest("details").open = true;
    figure.scrollIntoView();
    waitFor(figure, button, PATIENCE);
  }

  function waitFor(figure, button, left) {
    var ready = !figure.querySelector(".chart-graph") || figure.querySelector(".main-svg");
    if (ready || !left) { save(button); return; }
    setTimeout(function () { waitFor(figure, button, left - 1); }, STEP_MS);
  }

  new MutationObserver(heed).observe(document.documentElement, { childList: true, subtree: true });
  window.addEventListener("hashchange", heed);

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest(".menu button");
    if (!button) { return; }
    if (button.dataset.copy) { copied(button); } else if (button.dataset.as) { save(button); }
  });
})();
