package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// withBtoa does what login scripts usually do, the tutorial's among them: credentials through btoa into a header. It
// is here to show what the module does better.
const withBtoa = `document.querySelector("#login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const result = document.createElement("output");
  try {
    const credentials = btoa(document.querySelector("#email").value + ":" + document.querySelector("#password").value);
    const answer = await fetch("%s/v1/accounts/demo/tokens", {
      method: "POST",
      headers: { Authorization: "Basic " + credentials, Accept: "application/vnd.api+json" },
    });
    result.value = answer.status;
  } catch (error) {
    result.value = error.name;
  }
  document.body.append(result);
});`

// TestPasswords signs in with passwords that people have, and shows what becomes of them in a script without care.
func TestPasswords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, password string
		btoa           string // what the usual script gets: a status or an exception
	}{
		{"plain", "correct horse", "201"},
		{"colon, umlauts and a blank", "pä:ß wörd", "401"},
		{"Chinese and an emoji", "密码🔑", "InvalidCharacterError"},
		{"a trailing blank", "trailing blank ", "201"},
		{"a leading blank", " leading blank", "201"},
		{"72 characters", strings.Repeat("0123456789ab", 6), "201"},
		{"a combining character", "cafe\u0301 au lait", "InvalidCharacterError"},
		{"a byte order mark", "\ufeffsesame", "InvalidCharacterError"},
		{"markup and quotes", `<b>"&'\`, "201"},
	}
	s := newStage(t, map[string]string{
		"form.html": document("", tutorialForm),
		"btoa.html": "<!doctype html><html lang=en><title>Page</title><body>" + tutorialForm + `<script src="btoa.js"></script>`,
	})
	s.files["btoa.js"] = file(fmt.Sprintf(withBtoa, s.apiURL))
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			user := s.api.AddUser("demo", keygentest.User{Email: fmt.Sprintf("user%d@example.com", i), Password: test.password})
			s.api.ResetRequests()

			s.open("/btoa.html")
			s.signIn(user.Email, test.password)
			s.until(`document.querySelector("output")`)
			assert.Equal(t, test.btoa, eval[string](s.tab, `document.querySelector("output").value`), "the usual script")

			s.open("/form.html")
			s.do("localStorage.clear()")
			s.open("/form.html")
			s.signIn(user.Email, test.password)
			s.untilSignedIn()
			require.NotEmpty(t, s.api.Tokens(user.ID))
			assert.Contains(t, eval[string](s.tab, `localStorage.getItem(`+quote(s.storageKey())+`)`), user.ID)
		})
	}
}
