"""A page to sign in with, for as long as there is no dashboard; its script is a file of ours."""

from __future__ import annotations

from litestar import MediaType, get

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to 4pass</title></head>
<body>
<h1>4pass</h1>
<form id="form">
<p id="own"><label>E-mail <input name="email" type="email" autocomplete="username"></label><br>
<label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
<p><label>Code of your second factor, if you have one
<input name="totp" autocomplete="one-time-code"></label></p>
<p><button>Sign in</button></p>
</form>
<p id="said" role="status"></p>
<script src="/sign-in.js"></script>
</body>
</html>
"""

_SCRIPT = """"use strict";
const link = new URLSearchParams(location.search).get("link");
const form = document.getElementById("form");
const said = document.getElementById("said");
if (link) {
  document.getElementById("own").hidden = true;
  history.replaceState(null, "", "/sign-in");
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = Object.fromEntries(new FormData(form));
  const body = link ? { token: link } : { email: typed.email, password: typed.password };
  if (typed.totp) body.totp = typed.totp;
  const answer = await fetch(link ? "/api/auth/link" : "/api/auth/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  said.textContent = answer.ok ? `You are signed in as ${told.user.email}.` : told.message;
});
"""


@get("/sign-in", media_type=MediaType.HTML, include_in_schema=False)
async def sign_in_page() -> str:
    """Return the page. It uses no link up: what looks at links before people do only looks."""
    return _PAGE


@get("/sign-in.js", media_type="text/javascript; charset=utf-8", include_in_schema=False)
async def sign_in_script() -> str:
    """Return the page's script."""
    return _SCRIPT


ROUTES = (sign_in_page, sign_in_script)
