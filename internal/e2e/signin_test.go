package e2e

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTutorialForm is the main job: the tutorial's form as it is, one script tag, a token in localStorage that works.
func TestTutorialForm(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()

	raw := eval[string](s.tab, `localStorage.getItem(`+quote(s.storageKey())+`)`)
	var stored map[string]any
	require.NoError(t, json.Unmarshal([]byte(raw), &stored))
	assert.Equal(t, float64(1), stored["v"])
	assert.Equal(t, "user-token", stored["kind"])
	assert.Equal(t, s.demo.Plain.ID, stored["userId"])
	assert.Len(t, s.logins(), 1)
	assert.Empty(t, eval[string](s.tab, `document.querySelector("#password").value`))
	assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))

	status := eval[int](s.tab, `fetch(`+quote(s.apiURL+"/v1/accounts/demo/me")+`, {headers: {Authorization: "Bearer " + `+
		`JSON.parse(localStorage.getItem(`+quote(s.storageKey())+`)).token}}).then((r) => r.status)`)
	assert.Equal(t, 200, status, "the token works")
}

// quote returns text as a JavaScript string.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}
