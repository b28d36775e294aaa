package jsapi

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// Auth is what scripts can ask for. SignIn waits for the outcome.
type Auth interface {
	SignIn(credentials keygen.Credentials, remember bool) session.Attempt
	SignOut()
	State() *session.State
}

// API answers the loader's calls.
type API struct {
	Auth Auth
	// Submit submits a form on behalf of the loader.
	Submit func(form browser.Value)
}

// Serve returns the function that the loader calls as
// call(method, arguments, resolve, reject). Its owner releases it.
func (a API) Serve() browser.Func {
	return browser.NewFunc(func(call []browser.Value) {
		if len(call) < 2 {
			return
		}
		method, _ := call[0].Text()
		argument := call[1].At(0)
		if method == "submit" {
			a.Submit(argument)
			return
		}
		if len(call) < 4 {
			return
		}
		resolve, reject := call[2], call[3]
		refuse := func(err *keygen.Error) { _, _ = reject.Invoke(object(fields(err))) }
		internal := func() { refuse(&keygen.Error{Code: keygen.CodeInternal}) }
		switch method {
		case "signIn":
			// Read now: the caller may change its object while we wait.
			credentials, remember := read(argument)
			browser.Go(func() {
				if attempt := a.Auth.SignIn(credentials, remember); attempt.Err != nil {
					refuse(attempt.Err)
					return
				}
				_, _ = resolve.Invoke(StateObject(a.Auth.State()))
			}, internal)
		case "signOut":
			browser.Go(func() {
				a.Auth.SignOut()
				_, _ = resolve.Invoke()
			}, internal)
		default:
			internal()
		}
	})
}

// read returns the credentials in a script's object, and whether the session
// shall outlive the tab (it does unless told otherwise).
func read(argument browser.Value) (credentials keygen.Credentials, remember bool) {
	member := func(name string) string {
		value := argument.Get(name)
		text, ok := value.Text()
		if ok && !value.WellFormed() {
			credentials.Malformed = name
		}
		return text
	}
	credentials.Email = member("email")
	credentials.Password = member("password")
	credentials.OTP = member("otp")
	wish := argument.Get("remember")
	return credentials, !wish.Exists() || wish.True()
}

// Notify raises an event on the document and says whether the page left the
// module's own reaction to us.
func Notify(event session.Event) (proceed bool) {
	var detail map[string]any
	switch event.Name {
	case session.Restored, session.SignedIn:
		detail = stateFields(event.State)
	case session.SignedOut:
		detail = map[string]any{"reason": event.Reason}
	case session.SSORequired:
		detail = map[string]any{"link": event.Err.Link}
	case session.Failed:
		detail = fields(event.Err)
	}
	return browser.Dispatch(event.Name, detail)
}

// StateObject returns a session as scripts see it, null for none.
func StateObject(state *session.State) browser.Value {
	if state == nil {
		return browser.Null()
	}
	return object(stateFields(state))
}

func stateFields(state *session.State) map[string]any {
	if state == nil {
		return nil
	}
	return map[string]any{
		"tokenId":    state.TokenID,
		"userId":     state.UserID,
		"kind":       state.Kind,
		"expiry":     orNull(state.Expiry),
		"persistent": state.Persistent,
	}
}

// fields returns an error as scripts see it.
func fields(err *keygen.Error) map[string]any {
	problems := make([]any, len(err.Errors))
	for i, problem := range err.Errors {
		problems[i] = map[string]any{
			"code":   orNull(problem.Code),
			"title":  problem.Title,
			"detail": problem.Detail,
			"source": source(problem.Source),
		}
	}
	message := err.Detail
	if message == "" {
		message = err.Code
	}
	var retryAfter any
	if err.RetryAfter > 0 {
		retryAfter = err.RetryAfter
	}
	return map[string]any{
		"code":       err.Code,
		"status":     err.Status,
		"title":      err.Title,
		"detail":     err.Detail,
		"message":    message,
		"source":     source(err.Source),
		"retryAfter": retryAfter,
		"requestId":  orNull(err.RequestID),
		"errors":     problems,
	}
}

func source(s keygen.Source) any {
	switch {
	case s.Pointer != "":
		return map[string]any{"pointer": s.Pointer}
	case s.Parameter != "":
		return map[string]any{"parameter": s.Parameter}
	case s.Header != "":
		return map[string]any{"header": s.Header}
	}
	return nil
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func object(fields map[string]any) browser.Value {
	value, _ := browser.Object(fields)
	return value
}
