//go:build !js

package keygen_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

func TestOperationsOfSecondFactors(t *testing.T) {
	s := enter(t)
	s.license(keygentest.Policy{}, keygentest.License{})
	user := s.owner.User
	badOTP := unauthorized("OTP_INVALID", "/meta/otp")
	byPassword := keygen.Attributes{"password": password}
	code := func() string { // of the next time step
		s.now = s.now.Add(time.Minute)
		return s.TOTP(user.ID)
	}
	enable := func(id string, on bool, otp any) keygen.Call {
		return keygen.UpdateSecondFactor(user.ID, id, keygen.Attributes{"enabled": on, "otp": otp})
	}

	assert.Empty(t, s.does(s.owner.Token, keygen.ListSecondFactors(user.ID)).ids())
	badPassword := unauthorized("PASSWORD_INVALID", "/meta/password")
	s.refuses(s.owner.Token, keygen.CreateSecondFactor(user.ID, keygen.Attributes{"password": "wrong"}), badPassword)
	s.refuses(s.owner.Token, keygen.CreateSecondFactor(user.ID, keygen.Attributes{"otp": "123456"}), badPassword)
	s.refuses(s.owner.Token, keygen.CreateSecondFactor(user.ID, nil), malformed("/meta"))
	factor := s.does(s.owner.Token, keygen.CreateSecondFactor(user.ID, byPassword))
	id := factor.id()
	assert.Equal(t, false, factor.attribute("enabled"))
	assert.Regexp(t, `^otpauth://totp/Keygen:owner%40people\.example\?secret=[A-Z2-7]{32}&`, factor.attribute("uri"))
	assert.Len(t, factor.attribute("secret"), 32)
	assert.Equal(t, user.ID, factor.related("user"))
	assert.Equal(t, []string{id}, s.does(s.owner.Token, keygen.ListSecondFactors(user.ID)).ids())
	s.refuses(s.owner.Token, keygen.CreateSecondFactor(user.ID, byPassword), refusal{status: 409, code: "HTTP_409"})

	s.refuses(s.owner.Token, enable(id, true, "000000"), badOTP)
	s.refuses(s.owner.Token, enable(id, true, 123456), malformed("/meta/otp"))
	s.refuses(s.owner.Token, enable(id, true, ""), malformed("/meta/otp"))
	s.refuses(s.owner.Token, keygen.UpdateSecondFactor(user.ID, id, keygen.Attributes{"enabled": true}), malformed("/meta"))
	s.refuses(s.owner.Token, keygen.UpdateSecondFactor(user.ID, id, keygen.Attributes{"otp": "123456"}), malformed("/data/attributes"))
	s.refuses(s.owner.Token, enable("none", true, "123456"), missing)
	s.ResetThrottles()
	spent := code()
	enabled := s.does(s.owner.Token, enable(id, true, spent))
	assert.Equal(t, true, enabled.attribute("enabled"))
	assert.Nil(t, enabled.attribute("uri"))
	assert.Nil(t, enabled.attribute("secret"))
	s.refuses(s.owner.Token, enable(id, false, spent), badOTP)
	s.refuses(s.owner.Token, keygen.CreateSecondFactor(user.ID, byPassword), badOTP)
	s.refuses(s.owner.Token, keygen.CreateSecondFactor(user.ID, keygen.Attributes{"otp": code()}), refusal{status: 409, code: "HTTP_409"})
	s.refuses(s.owner.Token, keygen.DeleteSecondFactor(user.ID, id, nil), badOTP)
	s.refuses(s.owner.Token, keygen.DeleteSecondFactor(user.ID, id, keygen.Attributes{"otp": "000000"}), badOTP)
	s.ResetThrottles()
	disabled := s.does(s.owner.Token, enable(id, false, code()))
	assert.NotNil(t, disabled.attribute("uri"))
	s.does(s.owner.Token, enable(id, true, code()))
	s.empties(s.owner.Token, keygen.DeleteSecondFactor(user.ID, id, keygen.Attributes{"otp": code()}))
	s.refuses(s.owner.Token, keygen.DeleteSecondFactor(user.ID, id, nil), missing)

	// One that is not enabled goes without a code.
	id = s.does(s.owner.Token, keygen.CreateSecondFactor(user.ID, byPassword)).id()
	s.empties(s.owner.Token, keygen.DeleteSecondFactor(user.ID, id, nil))

	assert.Empty(t, s.does(s.member.Token, keygen.ListSecondFactors(user.ID)).ids(), "those of teammates are hidden")
	s.refuses(s.stranger.Token, keygen.ListSecondFactors(user.ID), missing)
	for _, do := range []keygen.Call{
		keygen.CreateSecondFactor(user.ID, byPassword), enable(id, true, "123456"), keygen.DeleteSecondFactor(user.ID, id, nil),
	} {
		s.refuses(s.member.Token, do, denied)
		s.refuses(s.stranger.Token, do, missing)
	}
}

func TestOperationsOfTokens(t *testing.T) {
	s := enter(t)
	user := s.owner.User
	other := s.token(user)
	assert.Equal(t, []string{other.ID, s.owner.Token.ID}, s.does(s.owner.Token, keygen.ListTokens(nil)).ids())
	assert.Len(t, s.does(s.owner.Token, keygen.ListTokens(where("bearer[id]", user.ID, "bearer[type]", "user"))).ids(), 2)
	assert.Empty(t, s.does(s.owner.Token, keygen.ListTokens(where("bearer[id]", s.member.User.ID))).ids(), "a filter shows no more")
	shown := s.does(s.owner.Token, keygen.ShowToken(other.ID))
	assert.Equal(t, other.ID, shown.id())
	assert.Equal(t, keygen.KindUser, shown.attribute("kind"))
	assert.Equal(t, user.ID, shown.related("bearer"))
	assert.Nil(t, shown.attribute("token"))

	fresh := s.does(s.owner.Token, keygen.Regenerate(other.ID))
	assert.Equal(t, other.ID, fresh.id())
	assert.Nil(t, fresh.attribute("expiry"), "never stays never")
	value, _ := fresh.attribute("token").(string)
	require.Regexp(t, "^user-[0-9a-f]{64}v3$", value)
	s.refuses(other, keygen.ShowMe(), refusal{status: 401, code: "TOKEN_INVALID"})
	s.does(keygen.Token{Value: value}, keygen.ShowMe())
	id, _ := s.AddToken(user.ID, s.now.Add(time.Hour))
	assert.Equal(t, "2026-10-20T12:00:00.000Z", s.does(s.owner.Token, keygen.Regenerate(id)).attribute("expiry"))

	s.empties(s.owner.Token, keygen.Revoke(other.ID))
	for _, gone := range []string{other.ID, s.member.Token.ID, "none"} {
		for _, do := range []keygen.Call{keygen.ShowToken(gone), keygen.Regenerate(gone), keygen.Revoke(gone)} {
			s.refuses(s.owner.Token, do, missing)
		}
	}
	s.empties(s.owner.Token, keygen.Revoke(s.owner.Token.ID))
	s.refuses(s.owner.Token, keygen.ShowMe(), refusal{status: 401, code: "TOKEN_INVALID"})
}

// The account decides what its users may do.
func TestPermissions(t *testing.T) {
	s := enter(t)
	s.AddAccount(keygentest.Account{Slug: "locked", Permissions: []string{}})
	user := s.AddUser("locked", keygentest.User{Email: "eve@people.example", Password: password})
	token := s.token(user)
	s.api.Account = "locked"
	for _, do := range []keygen.Call{
		keygen.ShowMe(), keygen.ListUsers(nil), keygen.ShowUser(user.ID), keygen.ListTokens(nil), keygen.ShowToken(token.ID),
		keygen.Regenerate(token.ID), keygen.Revoke(token.ID), keygen.ListLicenses(nil), keygen.ListMachines(nil),
		keygen.ListComponents(nil), keygen.ListProcesses(nil), keygen.ListSecondFactors(user.ID),
		keygen.UpdateUser(user.ID, keygen.Attributes{"firstName": "Eve"}),
		keygen.UpdatePassword(user.ID, keygen.Attributes{"oldPassword": password, "newPassword": "staple"}),
	} {
		failed := s.refuses(token, do, denied)
		assert.Contains(t, failed.Detail, "lacks permission", do.Path)
	}
}
