#!/bin/sh
# happy-dom sends the fields of a disabled <fieldset>, and an image button that nobody pressed. Browsers send neither.
# A form that locks itself with a fieldset while it signs in therefore passes or fails for the wrong reason in tests.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts happy-dom@21.0.4
cat > form.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Window } from 'happy-dom';

const window = new Window();
window.document.body.innerHTML = `<form>
  <input name="lone" value="1" disabled>
  <fieldset disabled><input name="email" value="ann@example.com"></fieldset>
  <input type="image" name="picture">
  <input name="kept" value="2"></form>`;
const form = window.document.querySelector('form');
const email = form.elements.namedItem('email');
const seen = [...new window.FormData(form).keys()].join(' ');
console.log(`happy-dom ${JSON.parse(readFileSync('node_modules/happy-dom/package.json')).version}`);
console.log('expected  FormData has only "kept"; the other field matches :disabled and will not be validated');
console.log(`seen      FormData has "${seen}"; :disabled ${email.matches(':disabled')}, willValidate ${email.willValidate}`);
await window.happyDOM.close();
process.exit(seen === 'email picture kept' ? 0 : 1);
JS
node form.mjs
