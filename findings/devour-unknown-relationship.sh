#!/bin/sh
# devour-client makes an empty list of a to-many relationship that comes without "data": a license with three machines has none.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts devour-client@3.2.0
cat > read.cjs <<'JS'
const JsonApi = require('devour-client');

const api = new JsonApi({ apiUrl: 'http://127.0.0.1' });
api.define('license', { name: '', machines: { jsonApi: 'hasMany', type: 'machines' }, policy: { jsonApi: 'hasOne', type: 'policies' } });
api.define('machine', { name: '' });
api.define('policy', { name: '' });
const license = (machines) => api.deserialize.resource.call(api, {
  type: 'licenses', id: '1', attributes: { name: 'Pro' },
  relationships: { machines, policy: { links: { related: '/v1/licenses/1/policy' } } },
}, []);
const unknown = license({ links: { related: '/v1/licenses/1/machines' }, meta: { cores: 12, count: 3 } });
const empty = license({ data: [] });
console.log(`devour-client ${JSON.parse(require('fs').readFileSync('node_modules/devour-client/package.json')).version}`);
console.log('expected  machines of links and meta only are unknown, not []: "data" may be left out of any relationship (JSON:API 1.1)');
console.log(`seen      links and meta: ${JSON.stringify(unknown.machines)}, "data": []: ${JSON.stringify(empty.machines)}; policy of links only: ${JSON.stringify(unknown.policy)}`);
process.exit(JSON.stringify(unknown.machines) === '[]' && JSON.stringify(empty.machines) === '[]' ? 0 : 1);
JS
node read.cjs
