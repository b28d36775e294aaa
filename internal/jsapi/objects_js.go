package jsapi

import (
	"strings"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// Notify raises an event on the document and says whether the page left the
// module's own reaction to us.
func Notify(event session.Event) (proceed bool) {
	var detail map[string]any
	switch event.Name {
	case session.Restored, session.SignedIn, session.Renewed:
		detail = stateFields(event.State)
	case session.SignedOut:
		detail = map[string]any{"reason": event.Reason}
	case session.SSORequired:
		detail = map[string]any{"link": event.Err.Link}
	case session.Failed:
		detail = fields(event.Err, "")
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

// fields returns an error as scripts see it. Its message is for developers: it
// begins with the method that was called, if any, and names what is at fault.
func fields(err *keygen.Error, method string) map[string]any {
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
	if at := err.Source.Pointer + err.Source.Parameter; at != "" {
		message += " (" + at + ")"
	}
	if method != "" && !strings.HasPrefix(message, method+":") {
		message = method + ": " + message
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
