"""Make the page at /docs from the OpenAPI description: what can be asked, and a form to try it.

It loads nothing from elsewhere, so it works without a network.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any, Final

_EXAMPLE: Final = {"inputs": [{"letters": "womenquchifan", "context": "天气很好，"}], "n_best": 5}

_HEAD: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>墨音 Moyin</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem;
    margin: 2rem auto; padding: 0 1rem; color: #222 }
  h2 { margin-top: 2rem; font-size: 1.1rem } code, pre, textarea { font: 14px/1.5 ui-monospace, monospace }
  pre, textarea { background: #f5f5f2; border: 1px solid #ddd; border-radius: 6px; padding: .75rem;
    width: 100%; box-sizing: border-box; overflow: auto; white-space: pre-wrap }
  td, th { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top }
  button { font: inherit; padding: .4rem 1.2rem }
</style>
"""

_FORM: Final = """<h2>Try it</h2>
<textarea id="asked" rows="8">{example}</textarea>
<p><button id="send">POST /translate</button></p>
<pre id="answer"></pre>
<script>
  document.getElementById("send").onclick = async () => {{
    const response = await fetch("/translate", {{method: "POST",
      headers: {{"Content-Type": "application/json"}}, body: document.getElementById("asked").value}});
    const text = JSON.stringify(await response.json(), null, 1);
    document.getElementById("answer").textContent = response.status + "\\n" + text;
  }};
</script>
"""


def api_page(openapi: dict[str, Any]) -> str:
    """Return the HTML of an OpenAPI description."""
    parts = [_HEAD, f"<h1>{escape(openapi['info']['title'])}</h1>"]
    parts.append(f"<p>{escape(openapi['info']['description'])} <a href='/openapi.json'>openapi.json</a></p>")
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation))
    parts.append("<h2>Shapes</h2><table>")
    for name, schema in openapi.get("components", {}).get("schemas", {}).items():
        for field, values in schema.get("properties", {}).items():
            parts.append(f"<tr><td><code>{escape(name)}.{escape(field)}</code><td>{_kind(values)}")
    parts.append("</table>")
    parts.append(_FORM.format(example=escape(json.dumps(_EXAMPLE, ensure_ascii=False, indent=1))))
    return "\n".join(parts)


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(status)}<td>{escape(answer.get('description', ''))}"
        for status, answer in operation["responses"].items()
    )
    description = escape(operation.get("description", ""))
    return f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{description}</p><table>{rows}</table>"


def _kind(schema: dict[str, Any]) -> str:
    """Return `string, at most 64, a-z`, with what the field says of itself."""
    kind = schema.get("type") or schema.get("$ref", "").rpartition("/")[2]
    if kind == "array":
        kind = f"list of {_kind(schema['items'])}"
    limits = [
        f"{words} {schema[key]}"
        for key, words in (
            ("minLength", "at least"),
            ("maxLength", "at most"),
            ("minItems", "at least"),
            ("maxItems", "at most"),
            ("minimum", "at least"),
            ("maximum", "at most"),
            ("pattern", "matching"),
        )
        if key in schema
    ]
    text = escape(", ".join([str(kind), *limits]))
    description = schema.get("description", "")
    return f"{text}<br><small>{escape(description)}</small>" if description else text
