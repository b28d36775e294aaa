package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// TestOneIntent shows that however often a visitor asks to sign in, one request goes out.
func TestOneIntent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, attributes, body string
		ask                    func(s *stage)
	}{
		{"Enter three times", "", tutorialForm, func(s *stage) { s.press("\r\r\r") }},
		{"a double click", "", tutorialForm, func(s *stage) {
			s.hitTimes(at("button"), 2)
		}},
		{"Enter and a click", "", tutorialForm, func(s *stage) { s.press("\r"); s.do(`document.querySelector("button").click()`) }},
		{"requestSubmit by a script, twice", "", tutorialForm, func(s *stage) {
			s.do(`const form = document.querySelector("form"); form.requestSubmit(); form.requestSubmit()`)
		}},
		{"the script tag twice", "", tutorialForm + `<script src="keygen-auth.js" ` + configuration + `></script>`,
			func(s *stage) { s.press("\r") }},
		{"a button outside of the form", "", tutorialForm + `<button form="login" id="outside">Also sign in</button>`,
			func(s *stage) {
				s.do(`const b = document.querySelector("#outside"); b.click(); b.click()`)
			}},
	}
	for _, loaded := range []bool{true, false} {
		name := "before the program is there"
		if loaded {
			name = "once the program is there"
		}
		t.Run(name, func(t *testing.T) {
			for _, test := range tests {
				t.Run(test.name, func(t *testing.T) {
					s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, test.body)})
					// Each of the visitor's attempts comes while the first is under way.
					answer := s.api.AddFault(keygentest.Fault{Method: http.MethodPost, Path: "/tokens", Delay: time.Hour})
					hold := s.holdWasm()
					if loaded {
						hold()
					}
					s.open("/form.html")
					if loaded {
						s.untilAttached()
					}
					s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
					test.ask(s)
					answer()
					hold()
					s.untilSignedIn()
					assert.Len(t, s.logins(), 1)
					assert.Len(t, s.api.Tokens(s.demo.Plain.ID), 1)
					assert.Equal(t, s.url+"/form.html", eval[string](s.tab, "location.href"))
				})
			}
		})
	}
}
