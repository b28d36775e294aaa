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

// noSegments are texts that would lead elsewhere as a segment of a path.
var noSegments = []string{
	"", " ", ".", "..", ". ", " ..", "%2e", "%2E", "%2e%2E", ".%2e", "%2E.", "%2e%20", "%20",
	"/", "//", "%2F", "../me", "me/..", "me/./x", "me%2f..", "..%2F", "/ .. /", "\\", "a\\b", "..\\", "a%5cb", "?", "a?b=c", "a%3fb", "#", "a#b", "a%23b",
	"\x00", "a\x00", "%00", ".\t.", "a\nb", "a%0d%0a", "\x1f", "\x7f", "a%7F",
}

// segments are ids, slugs, keys, emails, fingerprints and versions.
var segments = []string{
	"6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90", "demo", "A-B_C.D-E", "...", "..a", "a..b", ".a", strings.Repeat("A1B2.", 76),
	"ada+news@example.com", "o'hara@example.com", "ada@müller.example", "4d:Eq:UV:D3", "1.0.0-beta.1+build:7", "a b", "例",
	"key/eyJh.Zm9v", "/+8=//AA/", "a%2Fb", "100%", "%", "%zz", "%2", "a;b=c", "a&b", "~", "key==", "{a}|b^c`<d>\"e\"",
}

func TestIsSegment(t *testing.T) {
	for _, text := range noSegments {
		assert.False(t, IsSegment(text), "%q", text)
	}
	for _, text := range segments {
		assert.True(t, IsSegment(text), "%q", text)
		require.NoError(t, checkPath("/tokens/"+Escape(text)+"/x?a=/../b"))
	}
}

// FuzzIsSegment holds what is let through against a URL parser.
func FuzzIsSegment(f *testing.F) {
	for _, text := range append(noSegments, segments...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !IsSegment(text) {
			return
		}
		u, err := url.Parse("https://api.example.com/v1/tokens/" + Escape(text) + "/end")
		require.NoError(t, err)
		plain, err := url.PathUnescape(Escape(text))
		require.NoError(t, err)
		assert.Equal(t, text, plain)
		assert.Len(t, strings.Split(u.EscapedPath(), "/"), 5)
		for part := range strings.SplitSeq(u.Path, "/") { // as what unescapes all of it would see
			assert.NotContains(t, []string{".", ".."}, part)
		}
	})
}

// canary is a transport that nothing may reach.
type canary struct{ t *testing.T }

func (c canary) Send(request Request) (*Response, error) {
	c.t.Errorf("sent %s %s", request.Method, request.URL)
	return nil, &Error{Code: CodeNetwork}
}

// Whoever joins a path, nothing is sent that would lead elsewhere: also by the
// ids of a stored record that somebody has altered, or of an answer.
func TestNoSegmentIsSent(t *testing.T) {
	client := &Client{Transport: canary{t}, Host: "https://api.example.com", Account: "demo"}
	for _, id := range noSegments {
		token := Token{Value: "user-secret", ID: id}
		_, err := client.RenewToken(token)
		assert.Equal(t, CodeArgument, AsError(err).Code, "%q", id)
		err = client.RevokeToken(token)
		assert.Equal(t, CodeArgument, AsError(err).Code, "%q", id)
		_, err = client.Do(token, Call{Method: "GET", Path: "/machines/" + Escape(id)}, nil)
		assert.Equal(t, CodeArgument, AsError(err).Code, "%q", id)
		assert.Contains(t, err.Error(), "must be an id")
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"abc-_.~9":  "abc-_.~9",
		"a b/c?d#e": "a%20b%2Fc%3Fd%23e",
		"ä@例":       "%C3%A4%40%E4%BE%8B",
		"...":       "...",
		"page[x]":   "page%5Bx%5D",
	} {
		assert.Equal(t, want, Escape(text))
	}
	assert.Empty(t, Query(nil))
	assert.Equal(t, "?limit=5&page%5Bcursor%5D=", Query([]Parameter{{"limit", "5"}, {"page[cursor]", ""}}))
}
