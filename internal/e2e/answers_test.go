package e2e

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// An answer is one way an attempt to sign in can fail, and what the visitor, the page and the storage must find then.
type answer struct {
	name            string
	email, password string              // what is typed; those of Bea when empty
	page            string              // where; the tutorial's form when empty
	script          string              // run after typing
	given           func(c *cast)       // prepares the API
	then            func(*cast, answer) // further checks

	unsent  bool // no request goes out
	code    string
	status  int
	message string // the visible text
	invalid string // fields with aria-invalid, in order of the document
	focus   string // "password" when empty: that is where Enter was pressed
	notice  bool   // a step on the way: neither an error nor a keygen:error
	waits   bool   // the button stays disabled until a countdown ends
}

// outcome is a page after an attempt.
type outcome struct {
	Message, Tone, Focus, Invalid, Described, Email, Password, Local, Session, State string
	Disabled, Busy                                                                   bool
	Sent                                                                             int // logins
	Heard                                                                            []heard
}

// heard is an event of the module; its detail is JSON.
type heard struct{ Name, Detail string }

// listening keeps all events of the module, and counts its logins: the browser by itself sends a request again when a
// kept connection turns out to be dead.
const listening = `window.sent = 0;
	const fetching = window.fetch;
	window.fetch = (url, init) => {
		if (init?.method === "POST" && url.endsWith("/tokens")) window.sent++;
		return fetching(url, init);
	};
	window.heard = [];
	for (const name of ["restored", "signed-in", "renewed", "signed-out", "otp-required", "sso-required", "error"])
		document.addEventListener("keygen:" + name,
			(event) => window.heard.push({Name: name, Detail: JSON.stringify(event.detail) ?? ""}));`

// outcome reads the page. Fields are told by name or id, values as JSON, for half characters would not come through.
func (p *tab) outcome() outcome {
	p.t.Helper()
	return eval[outcome](p, `(() => {
		const name = (e) => e.name || e.id || e.localName;
		const region = document.querySelector("[data-keygen-error]");
		const fields = [...document.querySelectorAll("#login input")];
		const focus = document.activeElement;
		focus.blur(); // who comes back to a field hears what is wrong with it
		focus.focus();
		return {
			Message: region?.checkVisibility() ? region.innerText : "",
			Tone: region?.dataset.keygenTone ?? "",
			Focus: name(document.activeElement),
			Invalid: fields.filter((e) => e.ariaInvalid === "true").map(name).join(" "),
			Described: fields.filter((e) => e.getAttribute("aria-describedby") === region?.id).map(name).join(" "),
			Email: JSON.stringify(document.querySelector("#email").value),
			Password: JSON.stringify(document.querySelector("#password").value),
			Local: JSON.stringify({...localStorage}),
			Session: JSON.stringify({...sessionStorage}),
			State: document.documentElement.dataset.keygenState,
			Disabled: document.querySelector("button:not([type=button])").disabled,
			Busy: document.querySelector("#login").ariaBusy !== null,
			Sent: window.sent,
			Heard: window.heard,
		};
	})()`)
}

// cast is a stage with the people that the answers need, in a tab where Ada is signed in.
type cast struct {
	*stage
	bea, tim, boss keygentest.User
	stored         string // all of localStorage
	token          string // of Ada
}

func newCast(t *testing.T) *cast {
	s := newStage(t, map[string]string{
		"form.html": document("", tutorialForm),
		"slow.html": document(short, tutorialForm),
		"long.html": document(`data-token-name="Kiosk" data-token-expiry="2049-01-01T00:00:00Z"`, tutorialForm),
	})
	c := &cast{stage: s}
	c.bea = s.api.AddUser("demo", keygentest.User{Email: "bea@example.com", Password: "bread and butter"})
	c.tim = s.api.AddUser("demo", keygentest.User{Email: "tim@example.com", Password: "may do nothing", Permissions: []string{"user.read"}})
	s.api.AddAccount(keygentest.Account{Slug: "plain"})
	c.boss = s.api.AddUser("plain", keygentest.User{Email: "boss@example.com", Password: "may do anything", Role: "admin"})
	s.api.AddAccount(keygentest.Account{Slug: "elsewhere", SSODomains: []string{"corp.example.com"}})
	s.api.AddAccount(keygentest.Account{Slug: "cancelled", Cancelled: true})
	s.api.AddUser("cancelled", keygentest.User{Email: "carl@example.com", Password: "still may sign in"})

	s.atStart(listening)
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	c.stored = s.outcome().Local
	c.token = eval[string](s.tab, `JSON.parse(localStorage.getItem(`+quote(s.storageKey())+`)).token`)
	return c
}

// reset takes back what an answer has prepared.
func (c *cast) reset() {
	c.bend(nil)
	c.api.SetNow(nil)
	c.api.ClearFaults()
	c.api.ResetThrottles()
	c.api.ResetRequests()
}

// TestAnswers meets a form with everything that POST tokens can be answered with, while somebody else's session is
// stored.
func TestAnswers(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.allow("blocked by CORS policy") // the browser's own words
	c.allow("keygen-auth: ")          // see TestSetupOnTheConsole
	for _, group := range [][]answer{refusals(c), setups(), troubles(), unsent()} {
		for _, a := range group {
			t.Run(a.name, func(t *testing.T) { c.meet(t, a) })
		}
	}
	c.t = t
	c.reset()
	status := eval[int](c.tab, `fetch(`+quote(c.apiURL+"/v1/accounts/demo/me")+`, {headers: {Authorization: "Bearer " + `+
		quote(c.token)+`}}).then((r) => r.status)`)
	assert.Equal(t, http.StatusOK, status, "the token of before works")
}

// meet makes one attempt and checks what comes of it.
func (c *cast) meet(t *testing.T, a answer) {
	c.t = t
	c.reset()
	if a.email == "" {
		a.email, a.password = c.bea.Email, c.bea.Password
	}
	if a.page == "" {
		a.page = "/form.html"
	}
	if a.focus == "" {
		a.focus = "password"
	}
	if a.given != nil {
		a.given(c)
	}
	c.open(a.page)
	c.fill(a.email, a.password)
	if a.script != "" {
		c.do(a.script)
	}
	before := c.outcome()
	c.api.ResetRequests()
	c.press("\r")
	c.untilSays(a.message)

	got := c.outcome()
	assert.Equal(t, a.message, got.Message)
	assert.Equal(t, a.message, c.announced())
	assert.Equal(t, a.invalid, got.Invalid, "aria-invalid")
	assert.Equal(t, a.focus, got.Focus, "focus")
	assert.Equal(t, before.Email, got.Email)
	assert.Equal(t, before.Password, got.Password)
	assert.Equal(t, a.waits, got.Disabled, "the button is disabled")
	assert.False(t, got.Busy)
	assert.Equal(t, c.stored, got.Local)
	assert.Equal(t, "{}", got.Session)
	assert.Equal(t, "signed-in", got.State)
	if a.notice {
		assert.Equal(t, "info", got.Tone)
		assert.Equal(t, a.focus, got.Described, "aria-describedby")
	} else {
		assert.Equal(t, "error", got.Tone)
		assert.Equal(t, a.invalid, got.Described, "aria-describedby")
	}
	c.checkEvents(t, a, got.Heard)

	if a.unsent {
		assert.Empty(t, c.logins())
	} else {
		assert.Equal(t, 1, got.Sent, "requests")
	}
	if a.then != nil {
		a.then(c, a)
	}
}

// checkEvents checks that the attempt raised the events it should, once, and that they give nothing away.
func (c *cast) checkEvents(t *testing.T, a answer, events []heard) {
	var names []string
	for _, event := range events {
		names = append(names, event.Name)
	}
	want := []string{"restored", "error"}
	switch a.code {
	case "OTP_REQUIRED":
		want = []string{"restored", "otp-required"}
	case "SSO_REQUIRED":
		want = []string{"restored", "sso-required", "error"}
	}
	require.Equal(t, want, names)

	last := events[len(events)-1]
	if last.Name == "error" {
		var detail struct {
			Code       string
			Status     int
			RetryAfter *int
		}
		require.NoError(t, json.Unmarshal([]byte(last.Detail), &detail))
		assert.Equal(t, a.code, detail.Code)
		assert.Equal(t, a.status, detail.Status)
		assert.Equal(t, a.waits, detail.RetryAfter != nil)
	}
	secrets := []string{c.token, a.password, base64.StdEncoding.EncodeToString([]byte(a.email + ":" + a.password))}
	for _, event := range events {
		for _, secret := range slices.DeleteFunc(secrets, func(s string) bool { return s == "" }) {
			assert.False(t, strings.Contains(event.Detail, secret), "keygen:%s gives a secret away", event.Name)
		}
	}
}

// TestAccepted signs in where somebody else is signed in, in all ways that the API grants.
func TestAccepted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, email, password, page string
		given                       func(c *cast)
		expiry                      string // as stored; two weeks from now when empty
		body                        string // as sent
	}{
		{name: "1 email and password", email: "bea@example.com", password: "bread and butter"},
		{
			name: "2 with a name and an expiry", email: "bea@example.com", password: "bread and butter", page: "/long.html",
			expiry: `"2049-01-01T00:00:00.000Z"`,
			body:   `{"data":{"type":"tokens","attributes":{"name":"Kiosk","expiry":"2049-01-01T00:00:00.000Z"}}}`,
		},
		{
			name: "3 for ever", email: "bea@example.com", password: "bread and butter", expiry: `null`,
			given: func(c *cast) { c.bend(body(`{"data":{"type":"tokens","attributes":{"expiry":null}}}`)) },
			body:  `{"data":{"type":"tokens","attributes":{"expiry":null}}}`,
		},
		{name: "4 an email in upper case", email: "BEA@Example.com", password: "bread and butter"},
		{name: "28 an account whose subscription has ended", email: "carl@example.com", password: "still may sign in",
			given: func(c *cast) { c.bend(account("cancelled")) }},
		{name: "31 after too many attempts of someone else", email: "bea@example.com", password: "bread and butter",
			given: func(c *cast) { c.exhaust("eve@example.com", 40*time.Second) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCast(t)
			c.reset()
			if test.given != nil {
				test.given(c)
			}
			if test.page == "" {
				test.page = "/form.html"
			}
			c.open(test.page)
			c.api.ResetRequests()
			c.signIn(test.email, test.password)
			c.until(`window.heard.some((e) => e.Name === "signed-in")`)

			got := c.outcome()
			require.Len(t, c.logins(), 1)
			if test.body == "" {
				assert.Empty(t, c.logins()[0].Body)
			} else {
				assert.JSONEq(t, test.body, string(c.logins()[0].Body))
			}
			assert.NotEqual(t, c.stored, got.Local)
			assert.Empty(t, got.Message)
			assert.Equal(t, `""`, got.Password)
			assert.NotContains(t, got.Heard[1].Detail, test.password)
			expiry := eval[string](c.tab, `JSON.stringify(JSON.parse(localStorage.getItem(`+quote(c.storageKey())+`)).expiry)`)
			if test.expiry != "" {
				assert.Equal(t, test.expiry, expiry)
			} else {
				at, err := time.Parse(time.RFC3339, strings.Trim(expiry, `"`))
				require.NoError(t, err)
				assert.WithinDuration(t, time.Now().Add(14*24*time.Hour), at, time.Hour)
			}
			assert.Eventually(t, func() bool { return len(c.api.Tokens(c.demo.Plain.ID)) == 0 }, patience, 5*time.Millisecond,
				"the token of before is revoked")
		})
	}
}
