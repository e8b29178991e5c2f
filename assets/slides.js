/* A figure or a table as a whole slide: title, dates, the figure, its source with its licence.
   Made in this browser as one SVG, which a canvas turns into a PNG. Fetched by share.js when asked
   for, with redraw.js. */
(function () {
  "use strict";
  var PAPER = "#fff", INK = "#1b282d", QUIET = "#52616a";
  // Sizes in dots; in how many lines the source may be said; by how much type of the page grows, at
  // most and at least.
  var SHAPES = {
    wide: { width: 1920, height: 1080, pad: 64, title: 52, dates: 30, foot: 22, lines: 1,
      zoom: [2.2, 1.3] },
    square: { width: 1080, height: 1080, pad: 48, title: 42, dates: 26, foot: 20, lines: 2,
      zoom: [1.9, 1.1] }
  };
  var WAIT_MS = 10000;
  var pen = document.createElement("canvas").getContext("2d");

  function element(name, attributes, words) {
    return window.dashboard.element(name, attributes, words);
  }

  function family() { return getComputedStyle(document.body).fontFamily; }

  /* --- words --- */

  /* A text in lines no wider than that; a word that is wider is broken. */
  function lines(words, font, width) {
    pen.font = font;
    function fits(part) { return pen.measureText(part).width <= width; }
    var rows = [""];
    words.trim().split(/\s+/).forEach(function (word) {
      var row = rows[rows.length - 1];
      if (!row || fits(row + " " + word)) { rows[rows.length - 1] = row ? row + " " + word : word; }
      else { rows.push(word); }
      while (!fits(rows[rows.length - 1]) && rows[rows.length - 1].length > 1) {
        var long = Array.from(rows.pop()), count = long.length - 1;
        while (count > 1 && !fits(long.slice(0, count).join(""))) { count -= 1; }
        rows.push(long.slice(0, count).join(""), long.slice(count).join(""));
      }
    });
    return rows;
  }

  /* Words in as few lines as asked: where they are many the type gets smaller, as far as `least`. */
  function block(words, size, weight, colour, width, most, least) {
    var rows;
    for (var type = size; ; type *= 0.92) {
      rows = lines(words, weight + " " + type + "px " + family(), width);
      if (rows.length <= most || type < size * (least || 0.62)) { break; }
    }
    return { rows: rows, size: type, weight: weight, colour: colour,
      high: words ? rows.length * type * 1.25 : 0 };
  }

  function write(slide, text, x, y) {
    text.rows.filter(Boolean).forEach(function (row, number) {
      slide.append(element("text", { x: x, y: round(y + (number * 1.25 + 0.95) * text.size),
        fill: text.colour, "font-family": family(), "font-size": round(text.size),
        "font-weight": text.weight }, row));
    });
  }

  function round(number) { return Math.round(number * 100) / 100; }

  /* --- a chart of Plotly's, drawn anew in the shape of the slide --- */

  function charted(graph, box, shape) {
    var high = graph.getBoundingClientRect().height;
    // Plots of many rows are higher on the page than others: they need the room.
    var zoom = Math.max(Math.min(shape.zoom[0] * 0.85, box.height / Math.min(high, 420),
      box.height / (high * 0.8)), 0.9);
    var size = { width: Math.round(box.width / zoom), height: Math.round(box.height / zoom) };
    var layout = JSON.parse(JSON.stringify(graph.layout));
    delete layout.autosize;
    return window.Plotly.toImage({ data: graph.data, layout: Object.assign(layout, size) },
      Object.assign({ format: "svg" }, size)).then(function (source) {
      var words = decodeURIComponent(source.slice(source.indexOf(",") + 1));
      var plot = document.importNode(
        new DOMParser().parseFromString(words, "image/svg+xml").documentElement, true);
      plot.setAttribute("viewBox", "0 0 " + size.width + " " + size.height);
      ["x", "y", "width", "height"].forEach(function (key) { plot.setAttribute(key, box[key]); });
      return { part: plot };
    });
  }

  /* The dates that a reader chose of a chart, in place of all. */
  function chosenDates(graph, last) {
    var holder = graph.closest("[data-axis]"), figure = holder && holder.parentNode &&
      (holder.figure || {});
    function days(range) {
      return range.map(function (at) { return String(at).slice(0, 10); });
    }
    var range = days(graph._fullLayout.xaxis.range);
    if (!figure || !figure.whole || String(range) === String(days(figure.whole))) { return ""; }
    return range.map(function (at) {
      // An axis may go on after the newest date.
      at = last && at > last ? last : at;
      return new Date(at + "T00:00Z").toLocaleDateString("en-GB",
        { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    }).join(" to ");
  }

  /* --- the slide --- */

  /* Where the menu is not a figure's: the table above it. */
  function above(menu) {
    return Array.from(menu.closest(".section, main").querySelectorAll("table")).filter(
      function (table) {
        return table.compareDocumentPosition(menu) & Node.DOCUMENT_POSITION_FOLLOWING;
      }).pop();
  }

  function graphOf(figure) {
    var ends = Date.now() + WAIT_MS;
    var waits = figure.querySelector(".chart-plot");
    // A chart is drawn when it comes into sight.
    if (waits && !waits.querySelector(".js-plotly-plot")) { waits.scrollIntoView({ block: "center" }); }
    return new Promise(function (resolve, reject) {
      (function look() {
        var plot = figure.querySelector(".chart-plot");
        var graph = plot && plot.querySelector(".js-plotly-plot");
        if (!plot || graph && graph._fullLayout) { resolve(graph); }
        else if (Date.now() > ends) { reject(new Error("no chart")); }
        else { setTimeout(look, 100); }
      })();
    });
  }

  /* What has to be said of a figure beside its source, in a line or two: who its numbered dots
     are, where its scale starts, and what its numbered lines mark. */
  function notesOn(figure, shape, wide) {
    var parts = Array.from(figure.querySelectorAll(":scope > ol.bullets > li"), function (item, number) {
      return number + 1 + ". " + item.textContent.trim();
    }).concat(Array.from(figure.querySelectorAll(":scope > p.quiet"), function (part) {
      var twin = part.cloneNode(true);
      twin.querySelectorAll("a").forEach(function (link) { link.remove(); });
      return twin.textContent.trim();
    }));
    var section = figure.closest(".section") || figure;
    var marks = figure.querySelector("[data-marks]") ||
      Array.from(section.querySelectorAll("[data-marks]")).find(function (list) {
        return !list.closest("figure");
      });
    if (marks) {
      parts.push("Changes to the rules or to who is counted: " + Array.from(
        marks.querySelectorAll("li"), function (item, number) {
          return number + 1 + ". " + Array.from(item.querySelectorAll("strong"), function (part) {
            return part.textContent.trim();
          }).join(" ");
        }).join(" "));
    }
    var most = shape.lines + 1;
    var text = block(parts.join(" "), shape.foot, 400, QUIET, wide, most, 0.85);
    if (text.rows.length > most) {
      text.rows = text.rows.slice(0, most);
      text.rows.push(text.rows.pop().replace(/\s*\S*$/, " …"));
      text.high = most * text.size * 1.25;
    }
    return text;
  }

  /* The slide as an SVG element. In: what it says with what is drawn, and its shape. */
  function slide(words, name) {
    var shape = SHAPES[name], wide = shape.width - 2 * shape.pad;
    var figure = words.of ? document.getElementById(words.of) : words.figure || above(words.menu);
    return graphOf(figure).then(function (graph) {
      var svg = element("svg", { viewBox: "0 0 " + shape.width + " " + shape.height,
        width: shape.width, height: shape.height });
      svg.append(element("title", {}, words.title),
        element("rect", { width: shape.width, height: shape.height, fill: PAPER }));
      var dates = graph && chosenDates(graph, words.last) || words.dates;
      var title = block(words.title, shape.title, 700, INK, wide, 2);
      var second = block(dates, shape.dates, 400, QUIET, wide, 1);
      var foot = block(words.source, shape.foot, 400, QUIET, wide, shape.lines);
      var notes = notesOn(figure, shape, wide);
      var gap = notes.high && shape.foot * 0.4;
      var below = foot.high + gap + notes.high + shape.pad * 0.5;
      var under = shape.pad * 0.8 + title.high + shape.dates * 0.2;
      var top = under + second.high + shape.pad * 0.4;
      var box = { x: shape.pad, y: round(top), width: wide,
        height: round(shape.height - top - below - shape.pad * 0.35) };
      return (graph ? charted(graph, box, shape)
        : window.dashboard.redraw(figure, box, shape, words.total, words.first)).then(function (picture) {
        svg.append(picture.part);
        write(svg, title, shape.pad, shape.pad * 0.8);
        write(svg, second, shape.pad, under);
        if (picture.cut) {
          write(svg, block(picture.cut, shape.foot, 400, QUIET, wide, 1), shape.pad, picture.end);
        }
        write(svg, notes, shape.pad, shape.height - below);
        write(svg, foot, shape.pad, shape.height - below + notes.high + gap);
        return svg;
      });
    });
  }

  function painted(svg, words) {
    return new Promise(function (resolve, reject) {
      var image = new Image();
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = svg.getAttribute("width");
        canvas.height = svg.getAttribute("height");
        canvas.getContext("2d").drawImage(image, 0, 0);
        canvas.toBlob(resolve, "image/png");
      };
      image.onerror = reject;
      image.src = "data:image/svg+xml," + encodeURIComponent(words);
    });
  }

  /* A file of the slide. In: its words with the figure, its shape, and svg or png. */
  window.dashboard.slide = function (words, shape, form) {
    return slide(words, shape).then(function (svg) {
      var text = new XMLSerializer().serializeToString(svg);
      return form === "svg" ? new Blob([text], { type: "image/svg+xml" }) : painted(svg, text);
    });
  };
})();
