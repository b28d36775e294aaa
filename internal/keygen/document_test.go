package keygen_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

var token = keygen.Token{Value: "user-secret-v3", ID: "t1"}

func TestDocumentFails(t *testing.T) {
	get, post := keygen.ShowMe(), keygen.RenewLicense("l")
	for name, test := range map[string]struct {
		do     keygen.Call
		answer canned
		code   string
	}{
		"no network":          {get, canned{err: &keygen.Error{Code: keygen.CodeNetwork}}, keygen.CodeNetwork},
		"ended by the page":   {get, canned{err: &keygen.Error{Code: keygen.CodeAborted}}, keygen.CodeAborted},
		"refused":             {get, canned{status: 404, body: errorsDocument(`{"code":"NOT_FOUND"}`)}, "NOT_FOUND"},
		"a server error":      {get, canned{status: 502, body: errorsDocument(`{"code":"X"}`)}, keygen.CodeResponse},
		"a portal's page":     {get, canned{status: 200, body: "<!doctype html>"}, keygen.CodeResponse},
		"a redirect":          {get, canned{status: 303, body: `{}`}, keygen.CodeResponse},
		"a GET without body":  {get, canned{status: 204}, keygen.CodeResponse},
		"a POST without body": {post, canned{status: 204}, keygen.CodeResponse},
	} {
		t.Run(name, func(t *testing.T) {
			document, err := client(&test.answer).Do(token, test.do, nil)
			assert.Equal(t, test.code, failure(err).Code)
			assert.Nil(t, document)
		})
	}
}

func TestDocument(t *testing.T) {
	transport := &canned{status: 201, body: `{"data":[{"id":"x"}]}`}
	abort := new(int)
	body := map[string]any{"meta": map[string]any{"a": 1}}
	document, err := client(transport).Do(token, keygen.Call{Method: "POST", Path: "/things?limit=1", Body: body}, abort)
	require.NoError(t, err)
	id, _ := document.Get("data").At(0).Get("id").Text()
	assert.Equal(t, "x", id)
	assert.Equal(t, keygen.Request{
		Method: "POST", URL: "https://api.example.com/v1/accounts/demo/things?limit=1", Body: body, Abort: abort,
		Headers: map[string]string{
			"Accept": media, "Content-Type": media, "Keygen-Version": "1.8", "Authorization": "Bearer user-secret-v3",
		},
	}, transport.sent)

	document, err = client(&canned{status: 204}).Do(token, keygen.Revoke("t1"), nil)
	require.NoError(t, err)
	assert.Nil(t, document)
}

func TestURL(t *testing.T) {
	api := client(nil)
	url, headers := api.URL("/me?a=b", token)
	assert.Equal(t, "https://api.example.com/v1/accounts/demo/me?a=b", url)
	assert.Equal(t, map[string]string{"Keygen-Version": "1.8", "Authorization": "Bearer user-secret-v3"}, headers)
	api.Account, api.Environment = "", "sandbox"
	url, headers = api.URL("/me", token)
	assert.Equal(t, "https://api.example.com/v1/me", url)
	assert.Equal(t, "sandbox", headers["Keygen-Environment"])
}

// answer is an answer as Judge gets it.
func answer(status int, body string, headers map[string]string) *keygen.Response {
	return &keygen.Response{Status: status, Body: parse(body), Header: func(name string) string { return headers[name] }}
}

func TestJudge(t *testing.T) {
	refused := errorsDocument(`{"code":"TOKEN_EXPIRED"}`)
	for _, test := range []struct {
		status int
		body   string
		code   string // "" for no error
	}{
		{401, refused, "TOKEN_EXPIRED"},
		{401, "", "HTTP_401"},
		{403, errorsDocument(`{"code":"USER_BANNED"}`), "USER_BANNED"},
		{403, "<!doctype html>", "HTTP_403"},
		{404, "", "HTTP_404"},
		{429, "", "HTTP_429"},
		{500, refused, keygen.CodeResponse},
		{200, "", ""},
		{204, "", ""},
		{304, "", ""},
		{200, refused, ""},
	} {
		err := client(nil).Judge("GET", "/me", answer(test.status, test.body, nil))
		if test.code == "" {
			assert.NoError(t, err, test.status)
		} else {
			assert.Equal(t, test.code, failure(err).Code)
			assert.Equal(t, test.status, failure(err).Status)
		}
	}
}

func TestDated(t *testing.T) {
	for name, test := range map[string]struct {
		headers map[string]string
		told    bool
	}{
		"of the API":           {map[string]string{"x-request-id": "r", "date": httpDate(1_900_000_000)}, true},
		"of something between": {map[string]string{"date": httpDate(1_900_000_000)}, false},
		"without a date":       {map[string]string{"x-request-id": "r"}, false},
		"with an odd date":     {map[string]string{"x-request-id": "r", "date": "soon"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var heard []int64
			for _, status := range []int{200, 401, 503} {
				api := client(&canned{status: status, body: `{"data":{"id":"u"}}`, headers: test.headers})
				_, _ = api.Me(token) // nobody listens
				api.Dated = func(now int64) { heard = append(heard, now) }
				_, _ = api.Me(token)
				_ = api.Judge("GET", "/me", answer(status, "", test.headers))
			}
			var want []int64
			if test.told {
				for range 6 {
					want = append(want, 1_900_000_000_000)
				}
			}
			assert.Equal(t, want, heard)
		})
	}
}
