package e2e

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// What visitors read. Numbers in names are those of the scenarios of the API's contract.
const (
	saysWrong   = "The email or password is not right."
	saysEmail   = "Enter your full email address, such as name@example.com."
	saysHalf    = "This field contains a character that cannot be sent, often half of an emoji. Type it again."
	saysCode    = "Enter the code from your authenticator app."
	saysBadCode = "That code is not right, or was used before. Wait for a new code in your authenticator app and enter it."
	saysSSO     = "This account signs in through its organization, not here. Sign in with your organization"
	saysSetup   = "Sign-in is not set up correctly on this page. Please tell the owner of this site."
	saysDenied  = "This account is not allowed to sign in. Please ask support."
	saysTooMany = "Too many attempts. Wait a moment before you try again."
	saysTrouble = "The sign-in service did not answer as it should. On a guest network, open its own sign-in page first. Otherwise try again in a few minutes."
	saysDown    = "The sign-in service has a problem. Try again in a few minutes."
	saysNetwork = "The sign-in service could not be reached. Check your connection and try again."
	saysSlow    = "The sign-in service took too long to answer. Try again."
)

// A bend changes requests to the API or answers them.
type bend = func(w http.ResponseWriter, r *http.Request) bool

// onLogin limits a change to POST tokens.
func onLogin(change func(r *http.Request)) bend {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			change(r)
		}
		return false
	}
}

// account sends logins, and the end of tokens, to another account.
func account(name string) bend {
	var there atomic.Bool // whether the account was asked for a token
	return func(_ http.ResponseWriter, r *http.Request) bool {
		switch r.Method {
		case http.MethodPost:
			there.Store(true)
		case http.MethodGet: // a token that is kept goes on being used there
			if name != "cancelled" || !there.Load() {
				return false
			}
		case http.MethodDelete:
			if name != "plain" {
				return false
			}
		}
		if r.Method != http.MethodOptions {
			r.URL.Path = strings.Replace(r.URL.Path, "/accounts/demo/", "/accounts/"+name+"/", 1)
		}
		return false
	}
}

// header sends logins with another header, or without it.
func header(name, value string) bend {
	return onLogin(func(r *http.Request) {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	})
}

// basic sends logins with other credentials.
func basic(credentials string) bend {
	return header("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(credentials)))
}

// body sends logins with another document.
func body(document string) bend {
	return onLogin(func(r *http.Request) {
		r.Header.Set("Content-Type", "application/vnd.api+json")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(document)), int64(len(document))
	})
}

// reply answers logins in the API's place.
func reply(status int, document string) bend {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "application/vnd.api+json")
		if status >= 300 && status < 400 {
			w.Header().Set("Location", r.URL.Path)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, document)
		return true
	}
}

func bending(how bend) func(*cast) { return func(c *cast) { c.bend(how) } }

func fault(kind keygentest.FaultKind, status int) func(*cast) {
	return func(c *cast) {
		c.api.AddFault(keygentest.Fault{Method: http.MethodPost, Path: "/tokens", Kind: kind, Status: status})
	}
}

// exhaust sets the API's clock so that a minute ends when left is over, and uses up the attempts of an email in it.
func (s *stage) exhaust(email string, left time.Duration) {
	s.t.Helper()
	offset := time.Until(time.Now().Truncate(time.Minute).Add(time.Minute - left))
	s.api.SetNow(func() time.Time { return time.Now().Add(offset) })
	for range 5 {
		r, err := http.NewRequest(http.MethodPost, s.apiURL+"/v1/accounts/demo/tokens", nil)
		require.NoError(s.t, err)
		r.SetBasicAuth(email, "a guess")
		response, err := http.DefaultClient.Do(r)
		require.NoError(s.t, err)
		_ = response.Body.Close()
		require.Equal(s.t, http.StatusUnauthorized, response.StatusCode)
	}
}

// refusals are answers about who signs in.
func refusals(c *cast) []answer {
	wrong := func(name, email, password, code string) answer {
		return answer{name: name, email: email, password: password, code: code, status: 401,
			message: saysWrong, invalid: "email password"}
	}
	old := wrong("7 unknown email, version 1.7", "", "", "CREDENTIALS_INVALID")
	old.given = bending(func(w http.ResponseWriter, r *http.Request) bool {
		basic("nobody@example.com:x")(w, r)
		return header("Keygen-Version", "1.7")(w, r)
	})
	nul := wrong("12 NUL inside the password", c.bea.Email, "some password", "PASSWORD_INVALID")
	nul.script = `document.querySelector("#password").value = "bread\0and butter"`
	sso := func(name, email string) answer {
		return answer{name: name, email: email, password: "some password", code: "SSO_REQUIRED", status: 401, message: saysSSO}
	}
	denied := func(name string, user keygentest.User) answer {
		return answer{name: name, email: user.Email, password: user.Password, code: "HTTP_403", status: 403, message: saysDenied}
	}
	return []answer{
		wrong("6 unknown email", "nobody@example.com", "some password", "EMAIL_INVALID"),
		old,
		wrong("8 wrong password", c.bea.Email, "bread and jam", "PASSWORD_INVALID"),
		nul,
		{name: "9 and 23 empty password", email: c.bea.Email, code: "PASSWORD_REQUIRED", status: 401,
			message: "Enter your password.", invalid: "password"},
		{name: "10 user without password", email: c.demo.NoPassword.Email, password: "some password", code: "PASSWORD_NOT_SUPPORTED", status: 401,
			message: "This account has no password yet. Ask support how to set one.", invalid: "password"},
		{name: "11 an @ but no email", email: "a@b", password: "some password", code: "EMAIL_REQUIRED", status: 401,
			message: saysEmail, invalid: "email", focus: "email"},
		{name: "11 NUL in the domain", email: c.bea.Email, password: "some password", code: "EMAIL_REQUIRED", status: 401,
			script:  `document.querySelector("#login").noValidate = true; document.querySelector("#email").value = "a@b\0.co"`,
			message: saysEmail, invalid: "email", focus: "email"},
		{name: "13 email that is not UTF-8", given: bending(basic("a\xff@b.co:x")), code: "ENCODING_INVALID", status: 400,
			message: saysHalf, invalid: "email", focus: "email"},
		{name: "17 a second factor", email: c.demo.TwoFactor.Email, password: "any", code: "OTP_REQUIRED", status: 401,
			message: saysCode, focus: "otp", notice: true},
		{name: "18 a wrong code", email: c.demo.TwoFactor.Email, password: "any", given: bending(body(`{"meta":{"otp":"000000"}}`)),
			code: "OTP_INVALID", status: 401, message: saysBadCode, invalid: "otp", focus: "otp"},
		sso("22 single sign-on, a user", c.demo.SSO.Email),
		sso("22 single sign-on, nobody", "nobody@sso.example.com"),
		sso("22 single sign-on, staff", c.demo.Staff.Email),
		{name: "single sign-on that is not supported", email: "x@corp.example.com", password: "some password", given: bending(account("elsewhere")),
			code: "SSO_NOT_SUPPORTED", status: 401,
			message: "This account signs in through its organization, not here. Ask your administrator how."},
		denied("24 banned", c.demo.Banned),
		denied("26 no permission", c.tim),
		{name: "30 sixth attempt in a minute", given: func(c *cast) { c.exhaust(c.bea.Email, 40*time.Second) }, code: "TOO_MANY_REQUESTS", status: 429,
			message: saysTooMany, waits: true, then: func(c *cast, _ answer) { c.checkCountdown(40) }},
		{name: "staff, revoked at once", email: c.boss.Email, password: c.boss.Password, given: bending(account("plain")),
			code: "TOKEN_KIND_NOT_ALLOWED", message: "This page is for customers. A staff account cannot sign in here.",
			then: func(c *cast, _ answer) {
				assert.Equal(c.t, http.StatusCreated, c.logins()[0].Status, "it was the right password")
				assert.Empty(c.t, c.api.Tokens(c.boss.ID))
			}},
	}
}

// checkCountdown checks that so many seconds are shown, or what is left of them by now.
func (p *tab) checkCountdown(seconds int) {
	p.t.Helper()
	left := eval[int](p, `Number(/^Seconds until you can try again: (\d+)$/.exec(document.querySelector("[data-keygen-countdown]").innerText)[1])`)
	assert.Positive(p.t, left)
	assert.LessOrEqual(p.t, left, seconds)
}

// setups are answers about what the site's owner has to mend.
func setups() []answer {
	setup := func(name, code string, status int, how bend) answer {
		return answer{name: name, code: code, status: status, given: bending(how), message: saysSetup}
	}
	return []answer{
		setup("21 meta without a code", "HTTP_400", 400, body(`{"meta":{}}`)),
		setup("a parameter that is not permitted", "HTTP_400", 400, body(`{"data":{"type":"tokens","attributes":{"foo":1}}}`)),
		setup("27 unknown account", "NOT_FOUND", 404, account("nobody")),
		setup("32 permissions not held", "PERMISSIONS_NOT_ALLOWED", 422, body(`{"data":{"type":"tokens","attributes":{"permissions":["account.update"]}}}`)),
		setup("a name too long", "NAME_TOO_LONG", 422, body(`{"data":{"type":"tokens","attributes":{"name":"`+strings.Repeat("x", 256)+`"}}}`)),
		setup("an unknown environment", "ENVIRONMENT_INVALID", 400, header("Keygen-Environment", "moon")),
		setup("an unknown version", "INVALID_API_VERSION", 400, header("Keygen-Version", "9.9")),
	}
}

// troubles are answers of a service, or of what stands in front of it, that is of no use now.
func troubles() []answer {
	trouble := func(name, code string, status int, given func(*cast)) answer {
		return answer{name: name, code: code, status: status, given: given, message: saysTrouble}
	}
	network := func(name string, given func(*cast)) answer {
		return answer{name: name, code: "NETWORK_ERROR", given: given, message: saysNetwork}
	}
	down := func(name string, given func(*cast)) answer {
		return answer{name: name, code: "SERVICE_UNAVAILABLE", given: given, message: saysDown}
	}
	const markup = `{"errors":[{"title":"<b>x</b>","detail":"<img src=x onerror=alert(1)>","code":"<script>"}]}`
	return []answer{
		trouble("14 taken for a token", "TOKEN_INVALID", 401, bending(basic("bea:x"))),
		trouble("15 no colon", "TOKEN_INVALID", 401, bending(basic("a@b.co"))),
		trouble("taken for the id of a token", "TOKEN_FORMAT_INVALID", 401, bending(basic("6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90:x"))),
		trouble("16 no credentials arrive", "TOKEN_MISSING", 401, bending(header("Authorization", ""))),
		trouble("401 without code", "HTTP_401", 401, bending(reply(401, `{"errors":[{"title":"Unauthorized"}]}`))),
		trouble("402 the day's limit", "HTTP_402", 402, bending(reply(402, `{"errors":[{"title":"Daily API request limit reached"}]}`))),
		trouble("422 without errors", "HTTP_422", 422, bending(reply(422, `{"errors":[]}`))),
		trouble("a code of tomorrow", "SEASON_NOT_ALLOWED", 403, bending(reply(403, `{"errors":[{"title":"x","code":"SEASON_NOT_ALLOWED"}]}`))),
		trouble("markup", "<script>", 409, bending(reply(409, markup))),
		trouble("500 that the page may read", "BAD_RESPONSE", 500, bending(reply(500, `{"errors":[{"title":"Internal server error"}]}`))),
		down("500", fault(keygentest.FaultStatus, 500)),
		down("503 of an edge", fault(keygentest.FaultStatus, 503)),
		trouble("captive portal", "BAD_RESPONSE", 200, fault(keygentest.FaultHTML, 0)),
		trouble("half a token", "BAD_RESPONSE", 201, fault(keygentest.FaultTruncated, 0)),
		trouble("201 that is no token", "BAD_RESPONSE", 201, bending(reply(201, `{"data":{"id":"1","type":"tokens","attributes":{}}}`))),
		trouble("201 that is no document", "BAD_RESPONSE", 201, bending(reply(201, `null`))),
		trouble("204", "BAD_RESPONSE", 204, bending(reply(204, ``))),
		{name: "403 of an edge", given: fault(keygentest.FaultStatus, 403), code: "HTTP_403", status: 403, message: saysDenied},
		{name: "429 of an edge", given: fault(keygentest.FaultStatus, 429), code: "HTTP_429", status: 429, message: saysTooMany, waits: true,
			then: func(c *cast, _ answer) { c.checkCountdown(60) }},
		network("a redirect", bending(reply(307, ``))),
		network("connection cut", func(c *cast) { c.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut}) }),
		down("connection cut in the answer", func(c *cast) { c.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCutBody}) }),
		down("connection cut for this request", fault(keygentest.FaultCut, 0)),
		down("no CORS headers", fault(keygentest.FaultNoCORS, 0)),
		down("no CORS headers on a refusal", fault(keygentest.FaultNoCORS, 401)),
		{name: "no answer", page: "/slow.html", given: fault(keygentest.FaultHang, 0), code: "TIMEOUT", message: saysSlow},
	}
}

// unsent is what is refused here, for no answer could be good.
func unsent() []answer {
	never := func(name, email, script, code, message, field string) answer {
		script = `document.querySelector("#login").noValidate = true;` + script
		return answer{name: name, email: email, password: "some password", script: script, unsent: true,
			code: code, message: message, invalid: field, focus: field}
	}
	return []answer{
		never("no @", "bea", "", "EMAIL_REQUIRED", saysEmail, "email"),
		never("no email", " ", "", "EMAIL_REQUIRED", saysEmail, "email"),
		never("colon in the email", "b:ea@example.com", "", "EMAIL_COLON",
			"An email address cannot contain a colon (:). Check what you typed.", "email"),
		never("half a character in the email", "x", `document.querySelector("#email").value = "\ud83d@example.com"`,
			"ENCODING_INVALID", saysHalf, "email"),
		never("half a character in the password", "bea@example.com", `document.querySelector("#password").value = "x\udc00"`,
			"ENCODING_INVALID", saysHalf, "password"),
	}
}
