package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// idsOf names the arguments of each method that become a part of the path; a method whose path is its own has none.
var idsOf = map[string]string{
	"users.me": "", "users.list": "", "users.get": "id", "users.create": "", "users.update": "id",
	"users.updatePassword": "id", "users.resetPassword": "id", "passwords.create": "",
	"secondFactors.list": "user", "secondFactors.create": "user", "secondFactors.update": "user id", "secondFactors.delete": "user id",
	"tokens.list": "", "tokens.get": "id", "tokens.regenerate": "id", "tokens.revoke": "id", "tokens.revokeOthers": "",
	"licenses.list": "", "licenses.get": "id", "licenses.create": "", "licenses.delete": "id", "licenses.validate": "id",
	"licenses.validateKey": "", "licenses.checkOut": "id", "licenses.verifyFile": "", "licenses.checkIn": "id", "licenses.renew": "id",
	"licenses.incrementUsage": "id", "licenses.changePolicy": "id", "licenses.entitlements": "id", "licenses.machines": "id",
	"machines.list": "", "machines.get": "id", "machines.create": "", "machines.update": "id", "machines.delete": "id",
	"machines.ping": "id", "machines.checkOut": "id", "machines.verifyFile": "",
	"releases.list": "", "releases.get": "id", "releases.upgrade": "id",
	"artifacts.list": "", "artifacts.get": "id", "artifacts.download": "artifact",
	"components.list": "", "components.get": "id", "components.create": "", "components.delete": "id",
	"processes.list": "", "processes.get": "id", "processes.create": "", "processes.delete": "id", "processes.ping": "id",
}

// paths are texts that would make another path of an id's, in a browser or in what stands behind it.
var paths = []string{
	"", " ", ".", "..", ". ", "%2e", "%2E.", ".%2e", "%2e%2E", "%20", "../me", "me/..", "a/./b", "..%2fme", "/", "//", "%2F",
	`\`, `..\`, "a%5cb", "?", "a?b=c", "a%3Fb", "#a", "a%23", "\x00", "a%00", ".\t.", "a\r\nb", "\x7f",
}

// TestIds refuses what is no id in each method, by the argument's name, and sends nothing.
func TestIds(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	s.api.ResetRequests()
	calls := 0
	for _, method := range methods(t) {
		names, known := idsOf[method]
		require.True(t, known, "%s: which of its arguments are in the path?", method)
		for i, name := range strings.Fields(names) {
			for _, path := range paths {
				arguments := []any{"u", "f", map[string]any{}}
				arguments[i] = path
				given, err := json.Marshal(arguments)
				require.NoError(t, err)
				got := s.rejected("keygenAuth." + method + "(..." + string(given) + ")")
				assert.Equal(t, "ARGUMENT_INVALID", got.Code, "%s %s", method, given)
				assert.True(t, strings.HasPrefix(got.Message, method+": "+name+" must be "), got.Message)
				calls++
			}
		}
	}
	assert.Greater(t, calls, 900)
	assert.Empty(t, s.asked())
	assert.Equal(t, []string{"signed-in"}, s.names(), "a wrong call is no failed attempt")
}

// TestIdsOfAllKinds are sent as one segment, whatever the API takes: UUIDs, keys, emails, fingerprints.
func TestIdsOfAllKinds(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	for _, id := range []string{
		s.demo.Plain.ID, "A-B_C.D", "...", "1.0.0-rc.1+7", strings.Repeat("A1B2.", 76), "ada+news@example.com", "4d:Eq:UV",
		"key/eyJhIjoxfQ==.c2lnbmF0dXJl", "/+8=//AA/", "100%", "%zz", "a;b", "o'hara", "例",
	} {
		s.api.ResetRequests()
		got := s.rejected(`keygenAuth.machines.get(` + quote(id) + `)`)
		assert.Equal(t, "NOT_FOUND", got.Code, id)
		require.Len(t, s.api.Requests(), 1)
		below, found := strings.CutPrefix(s.api.Requests()[0].Path, "/v1/accounts/demo/machines/")
		assert.True(t, found, id)
		assert.NotContains(t, below, "/", id)
	}
}

// TestIdsOfAStoredRecord that somebody has altered go nowhere either.
func TestIdsOfAStoredRecord(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"..", ".", "%2e%2e", "../users", "x?y"} {
		s, _ := signedIn(t, map[string]string{"form.html": document("", tutorialForm)})
		s.do(`const record = JSON.parse(localStorage.getItem(` + quote(s.storageKey()) + `));
			record.tokenId = ` + quote(id) + `;
			record.expiry = ` + quote(time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)) + `;
			localStorage.setItem(` + quote(s.storageKey()) + `, JSON.stringify(record))`)
		s.api.ResetRequests()
		s.open("/form.html?altered")
		eval[any](s.tab, `keygenAuth.renew().catch(() => {})`)
		eval[any](s.tab, `keygenAuth.signOut()`)
		s.until(`keygenAuth.session === null`)
		s.idle()
		for _, r := range s.api.Requests() {
			if r.Method == http.MethodDelete || r.Method == http.MethodPut {
				assert.Regexp(t, `^/v1/accounts/demo/tokens/[\w-]+$`, r.Path, id)
			}
		}
		assert.Empty(t, s.kept())
	}
}

// TestIdsOfAnAnswer go nowhere, whoever made it.
func TestIdsOfAnAnswer(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "..", "%2e", "../users/x", "x?y"} {
		s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
		s.open("/form.html")
		forged := `{"type":"tokens","id":` + quote(id) + `,"attributes":{"kind":"user-token","token":"user-forged","expiry":null},
			"relationships":{"bearer":{"data":{"type":"users","id":"x"}}}}`
		var sent atomic.Int32
		s.bend(func(w http.ResponseWriter, r *http.Request) bool {
			switch r.Method {
			case http.MethodPost:
				return reply(201, `{"data":`+forged+`}`)(w, r)
			case http.MethodDelete, http.MethodPut:
				sent.Add(1)
			}
			return false
		})
		eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`).catch(() => {})`)
		eval[any](s.tab, `keygenAuth.signOut()`)
		s.bend(nil)
		eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
		s.bend(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodDelete {
				sent.Add(1)
			}
			list := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/tokens")
			if list {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				_, _ = w.Write([]byte(`{"data":[` + forged + `]}`))
			}
			return list
		})
		assert.Equal(t, "ARGUMENT_INVALID", s.rejected(`keygenAuth.tokens.revokeOthers()`).Code, id)
		assert.Zero(t, sent.Load(), id)
	}
}
