package keygen

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPath(t *testing.T) {
	tests := []struct {
		asked string
		want  string // "" where it is refused
		why   string
	}{
		{"me", "/me", ""},
		{"/me", "/me", ""},
		{"licenses?limit=5", "/licenses?limit=5", ""},
		{"licenses?page[cursor]=&page[size]=5", "/licenses?page[cursor]=&page[size]=5", ""},
		{"licenses?page%5Bcursor%5D=&page%5Bsize%5D=5", "/licenses?page%5Bcursor%5D=&page%5Bsize%5D=5", ""},
		{"/v1/accounts/demo/licenses?page[size]=5", "/licenses?page[size]=5", ""},
		{"users/ada%40example.com", "/users/ada%40example.com", ""},
		{"users/ada@example.com", "/users/ada@example.com", ""},
		{"machines/4d:Eq:UV", "/machines/4d:Eq:UV", ""},
		{"licenses/a%2Fb%2520..", "/licenses/a%2Fb%2520..", ""},
		{"a..b/c.d", "/a..b/c.d", ""},
		{"licenses?metadata[token]=x", "/licenses?metadata[token]=x", ""},

		{"/v1/accounts/demo2/licenses", "/v1/accounts/demo2/licenses", ""}, // which is no path of this account
		{"licenses?metadata[gr%C3%B6%C3%9Fe]=x", "/licenses?metadata[gr%C3%B6%C3%9Fe]=x", ""},
		{"licenses?100%=x&%zz=y&%", "/licenses?100%=x&%zz=y&%", ""},

		{"", "", "is empty"},
		{"/v1/accounts/demo", "", "is empty"},
		{"/", "", "is empty"},
		{"//evil.example.com/x", "", "two slashes"},
		{"https://evil.example.com/x", "", "names an origin"},
		{"https:evil.example.com", "", "names an origin"},
		{"javascript:alert(1)", "", "names an origin"},
		{"/\\evil.example.com", "", "backslash"},
		{"\\\\evil.example.com", "", "backslash"},
		{"..", "", "dot segments"},
		{"../../other/tokens", "", "dot segments"},
		{"/licenses/../../../x", "", "dot segments"},
		{"licenses/%2e%2E/x", "", "dot segments"},
		{"licenses/.%2e/x", "", "dot segments"},
		{"./me", "", "dot segments"},
		{"licenses/..%2f..%2Fx", "", "dot segments"},
		{"licenses/x%5C..", "", "dot segments"},
		{"me#x", "", "#"},
		{" me", "", "percent-encoded"},
		{"m\te", "", "percent-encoded"},
		{"m\ne", "", "percent-encoded"},
		{"me\x00", "", "percent-encoded"},
		{"users/ä", "", "percent-encoded"},
		{"users/<b>", "", "percent-encoded"},
		{"me?token=user-abc", "", "token"},
		{"me?x=1&auth=token:abc", "", "token"},
		{"me?TOKEN=abc", "", "token"},
		{"me?%74oken=abc", "", "token"},
		{"me?a=b&%61%75%54%68=abc", "", "token"},
		{"me?token", "", "token"},
		{"/v1/accounts/demo//evil.example.com", "", "two slashes"},
	}
	client := &Client{Host: "https://api.example.com", Account: "demo"}
	for _, test := range tests {
		t.Run(test.asked, func(t *testing.T) {
			got, err := client.Path(test.asked)
			assert.Equal(t, test.want, got)
			if test.want != "" {
				require.NoError(t, err)
				return
			}
			var refused *Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, CodeArgument, refused.Code)
			assert.Contains(t, refused.Detail, test.why)
		})
	}
}

// A server of one account has a shorter base, and links that say so.
func TestPathOfOneAccount(t *testing.T) {
	client := &Client{Host: "https://api.example.com"}
	for asked, want := range map[string]string{"/v1/licenses?page[size]=5": "/licenses?page[size]=5", "v1x": "/v1x", "/v1x/y": "/v1x/y"} {
		got, err := client.Path(asked)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// FuzzPath holds what is let through against a URL parser.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"me", "//x", "/\\x", "a/../b", "%2e%2e", "?token=1", "me?a=b#c", "https:x", "/v1/accounts/demo/x"} {
		f.Add(seed)
	}
	client := &Client{Host: "https://api.example.com", Account: "demo"}
	f.Fuzz(func(t *testing.T, asked string) {
		path, err := client.Path(asked)
		if err != nil {
			return
		}
		u, err := url.Parse(client.base() + path)
		if err != nil {
			return // no browser would be as strict; e2e tests ask one
		}
		resolved := u.ResolveReference(&url.URL{Path: u.Path})
		assert.Equal(t, "api.example.com", u.Host)
		assert.True(t, strings.HasPrefix(resolved.Path, "/v1/accounts/demo/"), "%q became %q", asked, resolved.Path)
		for name := range u.Query() {
			assert.NotContains(t, []string{"token", "auth"}, strings.ToLower(name))
		}
	})
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"abc-_.~9":  "abc-_.~9",
		"a b/c?d#e": "a%20b%2Fc%3Fd%23e",
		"ä@例":       "%C3%A4%40%E4%BE%8B",
		".":         "%2E",
		"..":        "%2E%2E",
		"...":       "...",
		"page[x]":   "page%5Bx%5D",
	} {
		assert.Equal(t, want, Escape(text))
	}
	assert.Empty(t, Query(nil))
	assert.Equal(t, "?limit=5&page%5Bcursor%5D=", Query([]Parameter{{"limit", "5"}, {"page[cursor]", ""}}))
}
