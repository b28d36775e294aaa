package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// TestStaffTokensExpire asks for an end of staff's tokens, which by themselves never expire.
func TestStaffTokensExpire(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		attributes string
		days       float64
	}{
		"by themselves":    {"", 14},
		"as the page says": {`data-token-expiry="P3D"`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"form.html": document("data-allow-staff "+test.attributes, tutorialForm)})
			s.api.AddAccount(keygentest.Account{Slug: "plain"}) // the demo's staff signs in elsewhere
			s.api.AddUser("plain", keygentest.User{Email: "boss@example.com", Password: "may do anything", Role: "admin"})
			s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
				r.URL.Path = strings.Replace(r.URL.Path, "/accounts/demo/", "/accounts/plain/", 1)
				return false
			})
			s.open("/form.html")
			s.signIn("boss@example.com", "may do anything")
			s.untilSignedIn()
			assert.Equal(t, "admin-token", eval[string](s.tab, `keygenAuth.session.kind`))
			expiry, err := time.Parse(time.RFC3339, eval[string](s.tab, `keygenAuth.session.expiry`))
			require.NoError(t, err)
			assert.InDelta(t, test.days, time.Until(expiry).Hours()/24, 0.1)
		})
	}
}
