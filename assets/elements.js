/* The browser's half of dashboard/components/element.py: draws one HTML or SVG element. */
(function () {
  "use strict";
  var TAGS = ("div img input svg g path rect circle line polyline polygon title desc text " +
    "use defs pattern").split(" ");

  function Element(props) {
    if (TAGS.indexOf(props.tag) < 0) { return null; }
    var attributes = {};
    Object.keys(props.attributes || {}).forEach(function (name) {
      if (/^on/i.test(name) || name === "dangerouslySetInnerHTML") { return; }
      attributes[name] = props.attributes[name];
    });
    var children = props.children === null ? undefined : props.children;
    return window.React.createElement(props.tag, attributes, children);
  }

  window.dashboard = Object.assign(window.dashboard || {}, { Element: Element });
})();
