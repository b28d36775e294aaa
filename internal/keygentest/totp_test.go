package keygentest_test

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// codeAt is what an authenticator shows at that time.
func (s *scene) codeAt(at time.Time) string {
	s.t.Helper()
	code, err := totp.GenerateCode(s.demo.TwoFactor.TOTPSecret, at)
	require.NoError(s.t, err)
	return code
}

func TestOneTimeCodes(t *testing.T) {
	const accepted, refused = true, false
	type attempt struct {
		at, shown time.Duration // from noon: when it is sent, and when the authenticator showed it
		accepted  bool
	}
	for _, c := range []struct {
		name     string
		attempts []attempt
	}{
		{"current step, at its start", []attempt{{0, 0, accepted}}},
		{"current step, at its end", []attempt{{29999 * time.Millisecond, 0, accepted}}},
		{"previous step, just over", []attempt{{30 * time.Second, 0, accepted}}},
		{"previous step, 9.999 s late", []attempt{{39999 * time.Millisecond, 29 * time.Second, accepted}}},
		{"previous step, 10 s late", []attempt{{40 * time.Second, 29 * time.Second, refused}}},
		{"two steps ago", []attempt{{60 * time.Second, 29 * time.Second, refused}}},
		{"next step", []attempt{{29 * time.Second, 30 * time.Second, refused}}},
		{"twice", []attempt{{0, 0, accepted}, {0, 0, refused}, {29 * time.Second, 0, refused}}},
		{"twice, the second time late", []attempt{{29 * time.Second, 0, accepted}, {31 * time.Second, 0, refused}}},
		{"one each step", []attempt{{0, 0, accepted}, {30 * time.Second, 30 * time.Second, accepted}}},
		{"refused ones are not spent", []attempt{{29 * time.Second, 30 * time.Second, refused}, {30 * time.Second, 30 * time.Second, accepted}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			for i, a := range c.attempts {
				s.clock.set(noon.Add(a.at))
				grace := login("grace@example.com", "nanoseconds of wire").with(withCode(s.codeAt(noon.Add(a.shown))))
				w := want{status: 201}
				if !a.accepted {
					w = refusedCode("OTP_INVALID")
				}
				assert.Equal(t, w.status, s.expect(grace, w).status, "attempt %d", i+1)
			}
		})
	}
}

func TestCodesOfTheAPI(t *testing.T) {
	s := open(t, keygentest.Options{})
	id := s.demo.TwoFactor.ID
	assert.Equal(t, s.codeAt(noon), s.TOTP(id))
	s.clock.add(30 * time.Second)
	assert.Equal(t, s.codeAt(noon.Add(30*time.Second)), s.TOTP(id))
	assert.Panics(t, func() { s.TOTP(s.demo.Plain.ID) })
	assert.Panics(t, func() { s.TOTP("nobody") })
}

func TestCodeIsSpentWhateverComesAfter(t *testing.T) {
	for _, c := range []struct {
		name string
		call call
		want want
	}{
		{"wrong password", login("grace@example.com", "x"), refusedCredentials("PASSWORD_INVALID")},
		{"right password", login("grace@example.com", "nanoseconds of wire"), want{status: 201}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			code := withCode(s.TOTP(s.demo.TwoFactor.ID))
			s.expect(c.call.with(code), c.want)
			s.expect(login("grace@example.com", "nanoseconds of wire").with(code), refusedCode("OTP_INVALID"))
		})
	}
	t.Run("not by an empty password", func(t *testing.T) {
		s := open(t, keygentest.Options{})
		code := withCode(s.TOTP(s.demo.TwoFactor.ID))
		s.expect(login("grace@example.com", "").with(code), refusedCredentials("PASSWORD_REQUIRED"))
		s.expect(login("grace@example.com", "nanoseconds of wire").with(code), want{status: 201})
	})
}

func TestCodesThatAreNoText(t *testing.T) {
	s := open(t, keygentest.Options{})
	for _, otp := range []string{`123456`, `""`, `{}`, `[]`, `true`} {
		s.ResetThrottles()
		s.expect(login("grace@example.com", "nanoseconds of wire").with(`{"meta":{"otp":`+otp+`}}`), refusedCode("OTP_INVALID"))
	}
	for _, body := range []string{``, `{}`, `{"meta":{}}`, `{"meta":null}`, `{"meta":"x"}`} {
		s.ResetThrottles()
		s.expect(login("grace@example.com", "nanoseconds of wire").with(body), refusedCode("OTP_REQUIRED"))
	}
}

func TestSecondFactorIsNotAskedOfTokens(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, auth := s.signIn(s.demo.TwoFactor)
	s.expect(call{method: "POST", path: "tokens", auth: auth}, want{status: 201})
}
