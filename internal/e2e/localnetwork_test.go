package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLocalNetworkDenied cannot reach the API from a site that may not reach private addresses.
func TestLocalNetworkDenied(t *testing.T) {
	t.Parallel()
	notIn(t, "firefox", "has no such permission")
	notIn(t, "webkit", "has no such permission")
	const line = "error: keygen-auth: a request failed, and this site lacks the permission local-network-access: "
	for _, state := range []browser.PermissionSetting{browser.PermissionSettingDenied, browser.PermissionSettingGranted} {
		t.Run(state.String(), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
			s.allow("keygen-auth: a request failed")
			profile := s.profile.(chromiumProfile)
			require.NoError(t, browser.SetPermission(&browser.PermissionDescriptor{Name: "local-network-access"}, state).
				WithOrigin(s.url).WithBrowserContextID(profile.id).Do(profile.executor()))
			s.bend(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
			s.open("/form.html")
			for range 2 {
				s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
				s.until(says)
				s.idle()
			}
			denied := state == browser.PermissionSettingDenied
			if denied {
				s.eventually(func() bool { return len(s.lines()) > 0 }, "it is said")
			}
			assert.Equal(t, denied, strings.HasPrefix(strings.Join(s.lines(), "\n"), line), s.lines())
			assert.LessOrEqual(t, strings.Count(strings.Join(s.lines(), "\n"), line), 1, "once")
		})
	}
}
