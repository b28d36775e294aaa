package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// signed lets a page believe only what the demo's account has signed.
const signed = `data-public-key="19732c86076c6ee28fed99ab2f1575fdbf1505808b0cd1cd52429e5a14171e78"`

// verbs has one call of each method, and one that the API refuses. The first %s is the user's id, the second a license's.
func (s *stage) verbs() map[string]string {
	spare := s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID})
	return map[string]string{
		"GET":    `keygenAuth.licenses.list({page: {cursor: "", size: 5}})`,
		"POST":   `keygenAuth.licenses.validate(` + quote(s.demo.Licenses.Active.ID) + `)`,
		"PATCH":  `keygenAuth.users.update(` + quote(s.demo.Plain.ID) + `, {lastName: "O'Neill Ω"})`,
		"DELETE": `keygenAuth.licenses.delete(` + quote(spare.ID) + `)`,
		"404":    `keygenAuth.licenses.get("no/such license")`,
		"fetch":  `keygenAuth.fetch("me?a[b]='c'")`,
		"anyone": `keygenAuth.licenses.validateKey(` + quote(s.demo.Licenses.Active.Key) + `)`,
	}
}

// TestSignedAnswers does everything in a page that believes signed answers alone.
func TestSignedAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(signed, tutorialForm)})
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, "wrong")
	s.untilSays("The email or password is not right.")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	for name, call := range s.verbs() {
		want := ""
		if name == "404" {
			want = "NOT_FOUND"
		}
		assert.Equal(t, want, s.ask(call), name)
	}
	assert.Empty(t, s.ask(`keygenAuth.renew()`))
	for _, r := range s.api.Requests() {
		assert.NotContains(t, r.Path, "nonce", "the clock is right")
	}
	s.do(`keygenAuth.signOut()`)
	s.untilSignedOut()
	require.Eventually(t, func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 0 }, patience, poll)
}

// forging changes the API's answers on their way, after the API has signed them. The request may be changed before.
func (s *stage) forging(before func(*http.Request), after func(answer *httptest.ResponseRecorder)) {
	s.bend(func(w http.ResponseWriter, r *http.Request) bool {
		if before != nil {
			before(r)
		}
		answer := httptest.NewRecorder()
		s.api.ServeHTTP(answer, r)
		if after != nil {
			after(answer)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
		return true
	})
}

// flipped returns text with a bit of the byte at an index from its end flipped.
func flipped(text string, fromEnd int) string {
	bytes := []byte(text)
	bytes[len(bytes)-fromEnd] ^= 1
	return string(bytes)
}

// spoil changes a header of an answer and the twin that it has.
func spoil(name string, change func(string) string) func(*httptest.ResponseRecorder) {
	return func(answer *httptest.ResponseRecorder) {
		for _, name := range []string{name, "Keygen-" + name} {
			if value := answer.Header().Get(name); value != "" {
				answer.Header().Set(name, change(value))
			}
		}
	}
}

// TestForgedAnswers has somebody on the way between page and API. What he changes is not used, and means nothing.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	forgeries := []struct {
		name   string
		before func(*http.Request)
		after  func(*httptest.ResponseRecorder)
	}{
		{"body", nil, func(answer *httptest.ResponseRecorder) {
			if answer.Code == http.StatusNoContent {
				answer.Code = http.StatusOK
				answer.Body.WriteString(`{"data":null}`)
			} else {
				bytes := answer.Body.Bytes()
				bytes[len(bytes)/2] ^= 1
			}
		}},
		{"path", func(r *http.Request) { r.RequestURI += "&"; r.URL.RawQuery += "&" }, nil},
		{"host", func(r *http.Request) { r.Host = "api.example.com" }, nil},
		{"date", nil, spoil("Date", func(string) string { return time.Now().Add(time.Minute).UTC().Format(http.TimeFormat) })},
		{"digest", nil, spoil("Digest", func(digest string) string { return flipped(digest, 5) })},
		{"signature", nil, spoil("Signature", func(signature string) string {
			return strings.Replace(signature, `signature="`, `signature="A`, 1)
		})},
		{"header", nil, func(answer *httptest.ResponseRecorder) { answer.Header().Del("Keygen-Signature") }},
	}
	s := newStage(t, map[string]string{
		"form.html":  document(signed, tutorialForm+member),
		"other.html": document(strings.Replace(signed, "19732c", "19732d", 1), tutorialForm+member),
	})
	s.atStart(listening)
	user := s.demo.Plain
	v := s.plant(user, time.Now().Add(90*24*time.Hour))
	s.open("/form.html")
	s.untilNamed(user)
	s.forget()
	unharmed := func(t *testing.T) {
		assert.Equal(t, v.stored, s.saved())
		assert.Equal(t, showsUser(user), s.shows())
		assert.Empty(t, s.happened())
	}
	for _, forgery := range forgeries {
		t.Run(forgery.name, func(t *testing.T) {
			s.t = t
			calls := s.verbs()
			s.forging(forgery.before, forgery.after)
			for name, call := range calls {
				want := "SIGNATURE_INVALID"
				if forgery.name == "header" && name == "404" {
					want = "ADDRESS_UNKNOWN" // as the API itself answers for a path that it does not have
				}
				assert.Equal(t, want, s.ask(call), name)
			}
			s.bend(nil)
			unharmed(t)
		})
	}
	t.Run("kept for six minutes", func(t *testing.T) {
		s.t = t
		calls := s.verbs()
		for name, call := range calls {
			s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultSkewedClock, Skew: -6 * time.Minute, Times: 1})
			assert.Equal(t, "SIGNATURE_INVALID", s.ask(call), name)
		}
		unharmed(t)
		for name, call := range s.verbs() {
			s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultSkewedClock, Skew: -4 * time.Minute, Times: 1})
			assert.NotEqual(t, "SIGNATURE_INVALID", s.ask(call), name)
		}
	})
	t.Run("another key", func(t *testing.T) {
		s.t = t
		s.open("/other.html")
		s.until(`keygenAuth.session`)
		for name, call := range s.verbs() {
			assert.Equal(t, "SIGNATURE_INVALID", s.ask(call), name)
		}
		assert.Equal(t, v.stored, s.saved())
	})
	t.Run("sign-in", func(t *testing.T) {
		s.t = t
		s.do(`localStorage.clear()`)
		s.open("/other.html")
		s.signIn(user.Email, user.Password)
		s.untilSays("Something else answered in place of the sign-in service. On a guest network, open its own sign-in page first. Otherwise try another network.")
		assert.Equal(t, "null", eval[string](s.tab, `String(keygenAuth.session)`))
		assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored())
		assert.Equal(t, user.Password, eval[string](s.tab, `document.querySelector("#password").value`), "nothing is lost")
	})
}

// TestSignedAnswersAndWrongClock believes the API rather than the device on what time it is.
func TestSignedAnswersAndWrongClock(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{48 * time.Hour, -48 * time.Hour} {
		s := newStage(t, map[string]string{"form.html": document(signed, tutorialForm)})
		s.atStart(clockOff(off))
		s.open("/form.html")
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSignedIn()
		require.Empty(t, s.ask(me))
		asked := 0
		for _, r := range s.api.Requests() {
			if strings.Contains(r.Path, "?nonce=") {
				asked++
				assert.Empty(t, r.Header.Get("Authorization"))
			}
		}
		assert.Equal(t, 1, asked, "for the time, once")
	}
}

// TestSignaturesThatCannotBeVerified has browsers that lack what it takes. They never go on without.
func TestSignaturesThatCannotBeVerified(t *testing.T) {
	t.Parallel()
	for lacking, fix := range map[string]string{
		`Object.defineProperty(crypto, "subtle", {value: undefined})`:                                                                                    "https:", // as in pages that are not secure
		`if (window.SubtleCrypto) SubtleCrypto.prototype.importKey = async () => { throw new DOMException("Unrecognized name.", "NotSupportedError"); }`: "Ed25519",
	} {
		s := newStage(t, map[string]string{"form.html": document(signed, tutorialForm)})
		s.allow("keygen-auth: data-public-key")
		s.atStart(lacking + `; document.addEventListener("keygen:error", ({detail}) => (window.events ??= []).push(detail.code))`)
		s.open("/form.html")
		s.until(`window.events`)
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSays(notSetUp)
		assert.Equal(t, "CONFIG_INVALID", eval[string](s.tab, `keygenAuth.ready.catch(({code}) => code)`))
		assert.Equal(t, "CONFIG_INVALID", eval[string](s.tab, `keygenAuth.users.me().catch(({code}) => code)`))
		assert.Equal(t, []string{"CONFIG_INVALID"}, eval[[]string](s.tab, `window.events`), "once")
		assert.Empty(t, s.asked())
		require.Len(t, s.lines(), 1)
		assert.Contains(t, s.lines()[0], fix)
	}
}

// TestLicenseFile keeps a license file and reads it without a network, in a page of another day.
func TestLicenseFile(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(signed, tutorialForm)})
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	id := s.demo.Licenses.Active.ID
	s.do(`(async () => {
		const {data} = await keygenAuth.licenses.checkOut(` + quote(id) + `, {ttl: 3600});
		localStorage.setItem("license", data.attributes.certificate);
	})()`)
	s.until(`localStorage.getItem("license")`)
	const read = `keygenAuth.licenses.verifyFile(localStorage.getItem("license"))`
	s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
	s.allow("net::ERR_")
	s.open("/form.html")
	assert.Equal(t, id, eval[string](s.tab, read+`.then(({data}) => data.id)`))
	s.do(`localStorage.setItem("license", localStorage.getItem("license").replace(/.{4}(?=\n-----END)/, "AAAA"))`)
	assert.NotEmpty(t, s.ask(read))
}
