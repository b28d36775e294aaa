package jsapi

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// Methods that concern the session as well as the API.

// verified returns the method that sends what an operation makes of its
// arguments, and then has the session verified: its user may look different now,
// or have lost all tokens.
func verified(make operation) method {
	return func(a API, args *arguments) func() (any, error) {
		send := plain(make)(a, args)
		return func() (any, error) {
			document, err := send()
			if err == nil {
				a.Auth.Verify()
			}
			return document, err
		}
	}
}

// createLicense makes a license for the signed-in user.
func createLicense(a API, args *arguments) func() (any, error) {
	fields := args.object(0, "license", false)
	signal := args.signal(args.read)
	if policy, _ := fields["policy"].(string); policy == "" {
		args.refuse("license.policy", "the id of a policy")
	}
	return func() (any, error) {
		var document keygen.Node
		err := a.use("POST", signal, func(token keygen.Token, left int64) (err error) {
			call := keygen.CreateLicense(token.UserID, fields)
			call.Left = left
			document, err = a.Client.Do(token, call, signal)
			return err
		})
		return keygen.Value(document), err
	}
}

// regenerateToken gives another token of the user a new value.
func regenerateToken(a API, args *arguments) func() (any, error) {
	id := args.id(0, "id")
	if state := a.Auth.State(); state != nil && state.TokenID == id {
		args.refuse("id", "that of another token: renew() is for the session's own")
	}
	return plain(one(keygen.Regenerate))(a, args)
}

// verifyFile returns the method that reads a license or machine file.
func verifyFile(kind string) method {
	return func(a API, args *arguments) func() (any, error) {
		certificate := args.text(0, "certificate")
		secret := ""
		for _, name := range []string{"key", "fingerprint"} {
			part := args.object(1, "secret", true)[name]
			text, ok := part.(string)
			if part != nil && !ok {
				args.refuse("secret."+name, "a text")
			}
			secret += text
		}
		return func() (any, error) {
			document, err := a.Client.File(kind, certificate, secret)
			return keygen.Value(document), err
		}
	}
}

// revokeToken revokes a token of the user. That of the session signs out.
func revokeToken(a API, args *arguments) func() (any, error) {
	id := args.id(0, "id")
	revoke := plain(one(keygen.Revoke))(a, args)
	return func() (any, error) {
		_, err := revoke()
		if err == nil {
			a.Auth.Revoked(id)
		}
		return browser.Value{}, err
	}
}

// revokeOtherTokens revokes all tokens of the user but the session's, and
// resolves to their number.
func revokeOtherTokens(a API, args *arguments) func() (any, error) {
	signal := args.signal(0)
	return func() (any, error) {
		// All ids first: the API pages by the last one of a page, which must
		// still be there.
		var ids []string
		for cursor := ""; ; cursor = ids[len(ids)-1] {
			document, err := a.do(keygen.ListTokens([]keygen.Parameter{
				{Name: "page[cursor]", Value: cursor}, {Name: "page[size]", Value: "100"},
			}), signal)
			if err != nil {
				return nil, err
			}
			data := document.Get("data")
			for i := range data.Len() {
				id, _ := data.At(i).Get("id").Text()
				ids = append(ids, id)
			}
			if data.Len() < 100 {
				break
			}
		}
		revoked := 0
		for _, id := range ids {
			if state := a.Auth.State(); state != nil && id == state.TokenID {
				continue
			}
			// What is gone already is as good.
			if _, err := a.do(keygen.Revoke(id), signal); err != nil && keygen.AsError(err).Status != 404 {
				return nil, err
			}
			revoked++
		}
		return revoked, nil
	}
}
