#!/bin/sh
# In happy-dom the submitter of form.requestSubmit() is the form itself, and a button that cannot submit is taken for one.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts happy-dom@21.0.4
cat > form.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Window } from 'happy-dom';

const window = new Window();
window.document.body.innerHTML = '<form><button type="button" id="show">Show password</button><button>Sign in</button></form>';
const form = window.document.querySelector('form');
const seen = [];
form.addEventListener('submit', (event) => {
  event.preventDefault();
  seen.push(event.submitter === null ? 'null' : event.submitter.tagName.toLowerCase());
});
form.requestSubmit();
try { form.requestSubmit(window.document.getElementById('show')); } catch (error) { seen.push(error.name); }
console.log(`happy-dom ${JSON.parse(readFileSync('node_modules/happy-dom/package.json')).version}`);
console.log('expected  requestSubmit() has submitter null; requestSubmit(a type="button") throws TypeError: null, TypeError');
console.log(`seen      ${seen.join(', ')}`);
await window.happyDOM.close();
process.exit(seen.join() === 'form,button' ? 0 : 1);
JS
node form.mjs
