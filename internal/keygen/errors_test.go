package keygen_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

// errorsDocument is an error document with these error objects.
func errorsDocument(objects string) string { return `{"meta":{"id":"r"},"errors":[` + objects + `]}` }

func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		code   string
	}{
		{"the API's code", 401, errorsDocument(`{"title":"Unauthorized","code":"PASSWORD_INVALID"}`), "PASSWORD_INVALID"},
		{"a code nobody knows yet", 422, errorsDocument(`{"code":"BRAND_NEW"}`), "BRAND_NEW"},
		{"401 without code", 401, errorsDocument(`{"title":"Unauthorized","detail":"is not valid"}`), "HTTP_401"},
		{"403 without code", 403, errorsDocument(`{"title":"Access denied"}`), "HTTP_403"},
		{"402 of the plan", 402, errorsDocument(`{"title":"Daily API request limit reached"}`), "HTTP_402"},
		{"409", 409, errorsDocument(`{"title":"Conflict"}`), "HTTP_409"},
		{"a code that is no text", 400, errorsDocument(`{"code":7}`), "HTTP_400"},
		{"no error objects", 422, errorsDocument(``), "HTTP_422"},
		{"errors that are no list", 422, `{"errors":{"code":"X"}}`, "HTTP_422"},
		{"an error that is no object", 422, errorsDocument(`null`), "HTTP_422"},
		{"no errors", 404, `{"data":null}`, "HTTP_404"},
		{"JSON of someone else", 404, `"not found"`, "HTTP_404"},
		{"null", 404, `null`, "HTTP_404"},
		{"a page", 403, `<!doctype html>`, "HTTP_403"},
		{"nothing", 404, ``, "HTTP_404"},
		{"500", 500, errorsDocument(`{"title":"Internal server error"}`), "BAD_RESPONSE"},
		{"500 with a code", 500, errorsDocument(`{"code":"TOKEN_INVALID"}`), "BAD_RESPONSE"},
		{"503 of an edge", 503, `<h1>Service Unavailable</h1>`, "BAD_RESPONSE"},
		{"captive portal", 200, `<!doctype html>`, "BAD_RESPONSE"},
		{"truncated", 201, tokenDocument[:len(tokenDocument)/2], "BAD_RESPONSE"},
		{"empty", 201, ``, "BAD_RESPONSE"},
		{"no content where there must be some", 204, ``, "BAD_RESPONSE"},
		{"null for a document", 200, `null`, "BAD_RESPONSE"},
		{"an error with status 200", 200, errorsDocument(`{"code":"X"}`), "BAD_RESPONSE"},
		{"a redirect", 302, tokenDocument, "BAD_RESPONSE"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			transport := &canned{status: test.status, body: test.body, headers: map[string]string{"x-request-id": "request"}}
			token, err := client(transport).CreateToken(ada, keygen.TokenOptions{})
			failed := failure(err)
			assert.Equal(t, test.code, failed.Code)
			assert.Equal(t, test.status, failed.Status)
			assert.Equal(t, "request", failed.RequestID)
			assert.Zero(t, failed.RetryAfter)
			assert.Zero(t, token)

			user, err := client(transport).Me(keygen.Token{Value: "user-secret-v3"})
			assert.Equal(t, test.code, failure(err).Code)
			assert.Equal(t, test.status, failure(err).Status)
			assert.Zero(t, user)
		})
	}
}

func TestTokenWithoutItsParts(t *testing.T) {
	for name, body := range map[string]string{
		"no value":         `{"data":{"id":"t","attributes":{"expiry":null}}}`,
		"no id":            `{"data":{"attributes":{"token":"v","expiry":null}}}`,
		"no expiry":        `{"data":{"id":"t","attributes":{"token":"v"}}}`,
		"an odd expiry":    `{"data":{"id":"t","attributes":{"token":"v","expiry":"soon"}}}`,
		"a list":           `{"data":[{"id":"t","attributes":{"token":"v","expiry":null}}]}`,
		"a number for one": `{"data":{"id":"t","attributes":{"token":7,"expiry":null}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			token, err := client(&canned{status: 200, body: body}).CreateToken(ada, keygen.TokenOptions{})
			assert.Equal(t, keygen.CodeResponse, failure(err).Code)
			assert.Equal(t, 200, failure(err).Status, "the answer's own status")
			assert.Zero(t, token)

			token, err = client(&canned{status: 200, body: body}).RenewToken(keygen.Token{Value: "v", ID: "t"})
			assert.Equal(t, keygen.CodeResponse, failure(err).Code)
			assert.Zero(t, token)
		})
	}
}

func TestRevokeTokenFails(t *testing.T) {
	token := keygen.Token{Value: "user-secret-v3", ID: "t1"}
	for name, transport := range map[string]*canned{
		"a captive portal's page": {status: 200, body: "<!doctype html>"},
		"404":                     {status: 404, body: errorsDocument(`{"code":"NOT_FOUND"}`)},
		"500":                     {status: 500},
		"no network":              {err: &keygen.Error{Code: keygen.CodeNetwork}},
	} {
		assert.Error(t, client(transport).RevokeToken(token), name)
	}
	assert.NoError(t, client(&canned{status: 204}).RevokeToken(token))
}

func TestTransportErrorsPass(t *testing.T) {
	sent := &keygen.Error{Code: keygen.CodeTimeout}
	_, err := client(&canned{err: sent}).Me(keygen.Token{})
	assert.Same(t, sent, failure(err))
}

func TestProblems(t *testing.T) {
	body := errorsDocument(`
		{"title":"One","detail":"is too short","code":"PASSWORD_TOO_SHORT","source":{"pointer":"/data/attributes/password"}},
		{"title":"Two","source":{"parameter":"page[size]"}},
		{"title":"Three","code":"C","source":{"header":"Authorization"}}`)
	_, err := client(&canned{status: 422, body: body}).Me(keygen.Token{})
	failed := failure(err)
	assert.Equal(t, "One", failed.Title)
	assert.Equal(t, "is too short", failed.Detail)
	assert.Equal(t, keygen.Source{Pointer: "/data/attributes/password"}, failed.Source)
	assert.Equal(t, []keygen.Problem{
		{Code: "PASSWORD_TOO_SHORT", Title: "One", Detail: "is too short", Source: keygen.Source{Pointer: "/data/attributes/password"}},
		{Title: "Two", Source: keygen.Source{Parameter: "page[size]"}},
		{Code: "C", Title: "Three", Source: keygen.Source{Header: "Authorization"}},
	}, failed.Errors)
}

func TestLinkIsHTTPSOnly(t *testing.T) {
	for link, want := range map[string]string{
		"https://sso.example.com/a?b=c":       "https://sso.example.com/a?b=c",
		"http://sso.example.com/":             "",
		"javascript:alert(1)":                 "",
		"//sso.example.com/":                  "",
		" https://sso.example.com/":           "",
		"data:text/html,https://sso.example/": "",
		"":                                    "",
	} {
		body := errorsDocument(fmt.Sprintf(`{"code":"SSO_REQUIRED","links":{"redirect":%q}}`, link))
		_, err := client(&canned{status: 401, body: body}).CreateToken(ada, keygen.TokenOptions{})
		assert.Equal(t, want, failure(err).Link, "%q", link)
	}
}

func TestRetryAfter(t *testing.T) {
	const now = localTime / 1000
	date := func(offset int64) string { return httpDate(now + offset) }
	tests := []struct {
		name         string
		reset, date  string
		status, want int
	}{
		{"by the server's clock", fmt.Sprint(now + 3637), date(3600), 429, 37},
		{"by a server's clock far behind", fmt.Sprint(now - 86400 + 12), date(-86400), 429, 12},
		{"by the local clock", fmt.Sprint(now + 20), "", 429, 20},
		{"a date that is none", fmt.Sprint(now + 20), "yesterday", 429, 20},
		{"a local clock gone wrong", fmt.Sprint(now + 7200), "", 429, 60},
		{"over already", fmt.Sprint(now), date(0), 429, 60},
		{"long over", fmt.Sprint(now - 7200), date(0), 429, 60},
		{"the whole window", fmt.Sprint(now + 60), date(0), 429, 60},
		{"too long to believe", fmt.Sprint(now + 61), date(0), 429, 60},
		{"no reset", "", date(0), 429, 60},
		{"a reset that is none", "soon", date(0), 429, 60},
		{"another status", fmt.Sprint(now + 20), date(0), 403, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for body, code := range map[string]string{
				`{"errors":[{"code":"TOO_MANY_REQUESTS"}]}`: "TOO_MANY_REQUESTS",
				`<h1>Too many</h1>`:                         fmt.Sprintf("HTTP_%d", test.status),
			} {
				_, err := client(&canned{
					status: test.status, body: body,
					headers: map[string]string{"x-ratelimit-reset": test.reset, "date": test.date},
				}).CreateToken(ada, keygen.TokenOptions{})
				assert.Equal(t, code, failure(err).Code)
				assert.Equal(t, test.want, failure(err).RetryAfter)
			}
		})
	}
}

// Windows differ in length, and with them the waits that can be believed.
func TestRetryAfterOfOtherWindows(t *testing.T) {
	const now = localTime / 1000
	for name, longest := range map[string]int{"auth": 60, "1m": 60, "unknown": 60, "mutpwd": 600, "mutmfa": 600, "rstpwd": 3600} {
		for wait, want := range map[int]int{longest: longest, longest + 1: 60} {
			_, err := client(&canned{status: 429, body: `{"errors":[{"code":"TOO_MANY_REQUESTS"}]}`, headers: map[string]string{
				"x-ratelimit-window": name, "x-ratelimit-reset": fmt.Sprint(now + wait), "date": httpDate(now),
			}}).Me(token)
			assert.Equal(t, want, failure(err).RetryAfter, "%s, %d s", name, wait)
		}
	}
}

func TestErrorText(t *testing.T) {
	assert.Equal(t, "CODE", (&keygen.Error{Code: "CODE"}).Error())
	assert.Equal(t, "CODE: what is wrong", (&keygen.Error{Code: "CODE", Detail: "what is wrong"}).Error())
	require.Error(t, &keygen.Error{})
}
