"""Strings that would run a script, load something or break the page if any place took them for markup.

`pwned()` is what they call and BEACON what they fetch; tests replace both by what notices. ALIVE, run in a page, lists
what such a string has become, whether or not the Content-Security-Policy kept it from running.
"""

MARKUP = (
    "<script>pwned()</script>",
    "<ScRiPt src=BEACON/1.js></sCrIpT>",
    "</title><script>pwned()</script>",
    "</textarea><script>pwned()</script>",
    "</style></noscript></template><script>pwned()</script>",
    "--><script>pwned()</script>",
    "]]><script>pwned()</script>",
    "<<script>pwned()//<</script>",
    "<img src=x onerror=pwned()>",
    "<img/src='BEACON/2.png'/onerror=pwned()>",
    '"><img src=x onerror=pwned()>',
    "'><img src=x onerror=pwned()>",
    "`><img src=x onerror=pwned()>",
    '" autofocus onfocus=pwned() x="',
    "' onmouseover='pwned()' style='position:fixed;inset:0",
    "<svg onload=pwned()>",
    "<svg><script href=BEACON/3.js /></svg>",
    "<svg><style><img src=x onerror=pwned()></style></svg>",
    "<svg><a xlink:href=javascript:pwned()><text y=20>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=pwned()></style></mglyph></table></mtext></math>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=pwned()></annotation-xml></math>",
    "<math href=javascript:pwned()>x</math>",
    "<math><mi xlink:href='javascript:pwned()'>x</mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwned()>",
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<iframe src=BEACON/4.html></iframe>",
    "<object data=BEACON/5.svg></object><embed src=BEACON/6.svg>",
    "<link rel=stylesheet href=BEACON/7.css><base href=BEACON/>",
    "<meta http-equiv=refresh content='0;url=BEACON/8'>",
    "<style>@import 'BEACON/9.css'; * { background: url(BEACON/10.png) }</style>",
    "<video><source onerror=pwned()></video><audio src=BEACON/11.mp3 autoplay>",
    "<details open ontoggle=pwned()>x</details>",
    "<input autofocus onfocus=pwned()><button formaction=javascript:pwned()>x</button>",
    "<form action=BEACON/12 id=f><input name=csrf_token></form>",
    "<template><script>pwned()</script></template><noscript><p title='</noscript><img src=x onerror=pwned()>'>",
    "<x onclick=pwned() tabindex=1 id=x>x</x><a id=shell name=body>x</a>",
)
LINKS = (
    "[x](javascript:pwned())",
    "[x](JaVaScRiPt:pwned())",
    "[x](java\tscript:pwned())",
    "[x](&#106;avascript&colon;pwned())",
    "[x](\x01javascript:pwned())",
    "[x](data:text/html;base64,PHNjcmlwdD5wd25lZCgpPC9zY3JpcHQ+)",
    "[x](vbscript:pwned())",
    "[x](BEACON/13 \"title' onmouseover='pwned()\")",
    '[x](<BEACON/14"onmouseover="pwned()>)',
    "![x](BEACON/15.png)",
    "![x][r]\n\n[r]: BEACON/16.png",
    "[x][s]\n\n[s]: javascript:pwned()",
    "<javascript:pwned()>",
    '<BEACON/17?"onmouseover=pwned()>',
    "[<img src=x onerror=pwned()>](BEACON/18)",
    '```x"onmouseover=pwned()\n</code><script>pwned()</script>\n```',
)
TEX = (
    r"\text{</mtext></math><script>pwned()</script>}",
    r"\text{<img src=x onerror=pwned()>}",
    r"\href{javascript:pwned()}{x}",
    r'\href{x" onclick="pwned()}{y}',
    r'\class{x" onclick="pwned()}{y}',
    r"\style{background:url(BEACON/19)}{y}",
    r"\color{red;background:url(BEACON/20)}{y}",
    r"\unicode{x3c}script\unicode{x3e}pwned()\unicode{x3c}/script\unicode{x3e}",
    r"\mathbf{<img src=x onerror=pwned()>}",
    r"\verb|<img src=x onerror=pwned()>|",
    r"\tag{</annotation><img src=x onerror=pwned()>}",
    r"\text{&lt;img src=x onerror=pwned()&gt;&#x3c;svg onload=pwned()&#x3e;}",
    r"\operatorname{<svg/onload=pwned()>}",
    r"</annotation></semantics></math><img src=x onerror=pwned()>",
    r"\text{<mglyph><style><!--</style><img title='--><img src=x onerror=pwned()>'>}",
)
TRICKS = (
    "{{7*7}}{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>{config.secret_key}{name}%(name)s",
    "\u202egnp.eno\u202c \u2066hidden\u2069 \u200b\ufeff",
    "＜script＞pwned()＜/script＞ ʺ onmouseover=pwned() ‹img src=x onerror=pwned()›",
    "&lt;script&gt;pwned()&lt;/script&gt; &#60;img src=x onerror=pwned()&#62; &amp;lt;svg onload=pwned()&amp;gt;",
    "&#x3c;img src=x onerror=pwned()&#x3e &ltimg src=x onerror=pwned()&gt",
    "\\u003cscript\\u003epwned()\\u003c/script\\u003e \\x3cimg src=x onerror=pwned()\\x3e",
    "+ADw-script+AD4-pwned()+ADw-/script+AD4-",
    "';pwned()//\";pwned()//`;pwned()//--></script>",
    "a\r\nContent-Type: text/html\r\n\r\n<script>pwned()</script>",
    "../../<script>pwned()</script>/%2e%2e%2f",
    "xpression(pwned()) url(javascript:pwned()) behavior:url(BEACON/21)",
)
TEXTS = MARKUP + LINKS + TEX + TRICKS

ALIVE = r"""() => {
  const own = (address) => new URL(address, location.href).origin === location.origin;
  const found = [];
  const note = (element, what) => found.push(what + ": " + element.outerHTML.slice(0, 200));
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    if (["iframe", "object", "embed", "base", "template", "video", "audio", "noscript", "frame", "portal", "mglyph",
         "annotation-xml", "maction", "foreignObject", "x"].includes(name)) note(element, "element");
    if (name === "script" && !(element.src && own(element.src) && new URL(element.src).pathname.startsWith("/static/")))
      note(element, "script");
    if (name === "style") note(element, "style");
    if (name === "meta" && element.httpEquiv) note(element, "meta");
    if (element.closest("math") && element.namespaceURI !== "http://www.w3.org/1998/Math/MathML")
      note(element, "not of mathematics");
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute)) note(element, "handler");
      if (attribute === "style" || attribute === "srcdoc") note(element, "attribute");
      if (/^(href|src|action|formaction|xlink:href|data|poster|background|cite|ping)$/i.test(attribute)) {
        const isLink = name === "a" && attribute === "href";
        let address;
        try { address = new URL(value, location.href); } catch { note(element, "address"); continue; }
        if (!["http:", "https:", "mailto:"].includes(address.protocol)) note(element, "scheme");
        else if (!isLink && !own(value)) note(element, "foreign");
        else if (isLink && !own(value) && address.protocol !== "mailto:" && !element.rel.includes("noopener"))
          note(element, "opener");
      }
    }
  }
  return found;
}"""
