package jsapi

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// Auth is what scripts can ask of the session. All but State and Token wait
// for the outcome.
type Auth interface {
	SignIn(credentials keygen.Credentials, remember, lasting bool) session.Attempt
	SignOut()
	Renew() (*session.State, error)
	Use(request func(keygen.Token) error) error
	Revoked(tokenID string)
	Verify()
	State() *session.State
	Token() string
}

// API answers the loader's calls.
type API struct {
	Auth   Auth
	Client *keygen.Client
	// Patience is how long calls of the API are tried; fetch waits for an answer to
	// begin.
	Patience *keygen.Patience
	// Form does what the loader asks for with an element of the page.
	Form func(what string, element browser.Value)
	// Dispose ends the program.
	Dispose func()
}

// A method reads its arguments at once, for the caller may change its objects
// afterwards, and returns what is then done on a goroutine.
type method func(API, *arguments) func() (any, error)

// methodOf returns the one of window.keygenAuth (web/loader/methods.js) that does
// more than one operation, nil for none.
func methodOf(name string) method {
	switch name {
	case "signIn":
		return signIn
	case "signOut":
		return signOut
	case "renew":
		return renew
	case "token":
		return token
	case "fetch":
		return fetch

	case "users.update":
		return verified(change("attributes", keygen.UpdateUser))
	case "users.resetPassword":
		return verified(change("passwords", keygen.ResetPassword))
	case "tokens.regenerate":
		return regenerateToken
	case "tokens.revoke":
		return revokeToken
	case "tokens.revokeOthers":
		return revokeOtherTokens
	case "licenses.create":
		return createLicense
	case "licenses.verifyFile":
		return verifyFile("license")
	case "machines.verifyFile":
		return verifyFile("machine")
	}
	return nil
}

// Serve returns the function that the loader calls as
// call(method, arguments, resolve, reject). Its owner releases it.
func (a API) Serve() browser.Func {
	return browser.NewFunc(func(call []browser.Value) {
		if len(call) < 2 {
			return
		}
		name, _ := call[0].Text()
		switch name {
		case "submit", "attach", "show-password", "download":
			a.Form(name, call[1].At(0))
			if len(call) > 2 {
				_, _ = call[2].Invoke()
			}
			return
		case "dispose":
			a.Dispose()
			return
		}
		if len(call) < 4 {
			return
		}
		resolve, reject := call[2], call[3]
		refuse := func(err error) { _, _ = reject.Invoke(object(fields(keygen.AsError(err), name))) }
		internal := func() { refuse(&keygen.Error{Code: keygen.CodeInternal}) }
		do := methodOf(name)
		if do == nil {
			do = plain(operationOf(name))
		}
		args := &arguments{method: name, values: call[1]}
		work := func() func() (any, error) {
			defer browser.Recover(internal)
			return do(a, args)
		}()
		switch {
		case args.wrong != nil:
			refuse(args.wrong)
		case work != nil:
			browser.Go(func() {
				result, err := work()
				if err != nil {
					refuse(err)
					return
				}
				_, _ = resolve.Invoke(result)
			}, internal)
		}
	})
}

func signIn(a API, args *arguments) func() (any, error) {
	credentials, remember := args.credentials()
	if signal := args.signal(1); signal.Exists() {
		credentials.Abort = signal
	}
	return func() (any, error) {
		attempt := a.Auth.SignIn(credentials, remember, false)
		if attempt.Err != nil {
			return nil, attempt.Err
		}
		return StateObject(attempt.State), nil
	}
}

func signOut(a API, _ *arguments) func() (any, error) {
	return func() (any, error) {
		a.Auth.SignOut()
		return browser.Value{}, nil
	}
}

func renew(a API, _ *arguments) func() (any, error) {
	return func() (any, error) {
		state, err := a.Auth.Renew()
		return StateObject(state), err
	}
}

func token(a API, _ *arguments) func() (any, error) {
	return func() (any, error) { return orNull(a.Auth.Token()), nil }
}
