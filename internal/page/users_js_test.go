package page

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

var (
	ada = keygen.User{ID: "u", Email: `<img src=x>"ada"@example.com`, FirstName: "\ufeff\ufeffAda"}
	eve = keygen.User{ID: "e", Email: "eve@example.com"}
)

// text returns what an element shows.
func (s *stage) text(selector string) string {
	s.t.Helper()
	text, _ := s.find(selector).Get("textContent").Text()
	return text
}

func TestTextsOfTheUser(t *testing.T) {
	s := stageOf(t, `<b data-keygen-text="user.email">nobody</b><i data-keygen-text="user.token">as it is</i><s data-keygen-text="session.expiry"></s>`)
	assert.Empty(t, s.text("b"), "of nobody")
	state := &session.State{UserID: "u", Expiry: "2030-01-01T00:00:00.000Z"}
	s.page.ShowUser(state, ada)
	assert.Equal(t, ada.Email, s.text("b"), "text, never markup")
	assert.Equal(t, "no", attr(s.find("b"), "translate"))
	assert.Equal(t, state.Expiry, s.text("s"))
	assert.Equal(t, "(none)", attr(s.find("s"), "translate"))
	assert.Equal(t, "as it is", s.text("i"), "no such text")

	late := browser.Create("u")
	late.SetAttr("data-keygen-text", "user.firstName")
	late.SetAttr("translate", "yes")
	s.box.Append(late)
	require.Eventually(t, func() bool { return s.text("u") == "\ufeffAda" }, waitLimit, tick)
	assert.Equal(t, "yes", attr(late, "translate"), "the page's own stays")

	s.page.ShowUser(nil, keygen.User{})
	assert.Empty(t, s.text("b"))
	assert.Empty(t, s.text("u"))
	assert.Empty(t, s.text("s"))
}

// What the page, or a translator, has made of a text stays until there is another.
func TestTextsThatThePageWrites(t *testing.T) {
	s := stageOf(t, `<s data-keygen-text="session.expiry"></s><b data-keygen-text="user.email"></b>`)
	state := &session.State{UserID: "u", Expiry: "2030-01-01T00:00:00.000Z"}
	s.page.ShowUser(state, keygen.User{})
	s.find("s").SetText("New Year")
	s.page.ShowUser(state, ada)
	s.box.Append(browser.Create("p"))
	late := browser.Create("i")
	late.SetAttr("data-keygen-text", "user.id")
	s.box.Append(late)
	require.Eventually(t, func() bool { return s.text("i") == "u" }, waitLimit, tick)
	assert.Equal(t, "New Year", s.text("s"))
	assert.Equal(t, ada.Email, s.text("b"))

	s.page.ShowUser(&session.State{UserID: "u", Expiry: "2031-01-01T00:00:00.000Z"}, ada)
	assert.Equal(t, "2031-01-01T00:00:00.000Z", s.text("s"), "another text")
}

// A page that knew of the session before there was a program may have said it by itself.
func TestTextsFromBefore(t *testing.T) {
	known := &session.State{UserID: "u", Expiry: "2030-01-01T00:00:00.000Z"}
	s := stageOf(t, `<s data-keygen-text="session.expiry">New Year</s><i data-keygen-text="user.id"> </i><b data-keygen-text="user.email">you</b>`,
		func(config *Config) { config.Known = known })
	assert.Equal(t, "New Year", s.text("s"))
	assert.Equal(t, "u", s.text("i"))
	assert.Equal(t, "you", s.text("b"), "until it is known")
	s.page.ShowUser(known, keygen.User{})
	assert.Equal(t, "you", s.text("b"))
	s.page.ShowUser(known, ada)
	assert.Equal(t, "New Year", s.text("s"))
	assert.Equal(t, ada.Email, s.text("b"))
	s.page.ShowUser(&session.State{UserID: "e"}, keygen.User{})
	assert.Empty(t, s.text("b"), "somebody else")
	s.page.ShowUser(&session.State{UserID: "e"}, eve)
	assert.Equal(t, eve.Email, s.text("b"))
	assert.Empty(t, s.text("s"), "never")
}
