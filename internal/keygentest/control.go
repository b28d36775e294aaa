package keygentest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Control returns a handler that lets tests in a browser steer the API from any origin. The API never serves it:
// mount it beside the API, with its prefix stripped.
//
//	POST   /faults                a [Fault] as JSON; durations are nanoseconds or text such as "250ms"; 204
//	DELETE /faults                [API.ClearFaults]; 204
//	GET    /requests              [API.Requests] as JSON, members in lower case, bodies as text
//	DELETE /requests              [API.ResetRequests]; 204
//	POST   /reset                 faults, requests, throttles and spent one-time codes; 204
//	GET    /totp?user=...         {"code":"123456"} of the user with that id or email; 404 if there is none
//	GET    /reset-token?user=...  {"token":"..."}, as mailed to who has forgotten a password; 404 if there is none
func (a *API) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /faults", a.controlFault)
	mux.HandleFunc("DELETE /faults", quietly(a.ClearFaults))
	mux.HandleFunc("GET /requests", a.controlRequests)
	mux.HandleFunc("DELETE /requests", quietly(a.ResetRequests))
	mux.HandleFunc("POST /reset", quietly(a.reset))
	mux.HandleFunc("GET /totp", a.tell("code", func(u *user) string {
		if u.factor == nil {
			return ""
		}
		return u.factor.codeOf(step(a.now()))
	}))
	mux.HandleFunc("GET /reset-token", a.tell("token", func(u *user) string { return u.reset.raw }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", "*")
		h.Set("Cache-Control", "no-store")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func quietly(do func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		do()
		w.WriteHeader(http.StatusNoContent)
	}
}

func (a *API) reset() {
	a.ClearFaults()
	a.ResetRequests()
	a.ResetThrottles()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, u := range a.users {
		if u.factor != nil {
			clear(u.factor.used)
		}
	}
}

// duration reads what time.Duration marshals to and what people write.
type duration time.Duration

func (d *duration) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return json.Unmarshal(raw, (*time.Duration)(d))
	}
	parsed, err := time.ParseDuration(text)
	*d = duration(parsed)
	return err
}

func (a *API) controlFault(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Method, Path  string
		Times, Status int
		Delay, Skew   duration
		Kind          FaultKind
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f := Fault{
		Method: in.Method, Path: in.Path, Times: in.Times, Status: in.Status, Kind: in.Kind,
		Delay: time.Duration(in.Delay), Skew: time.Duration(in.Skew),
	}
	if err := f.validate(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.AddFault(f)
	w.WriteHeader(http.StatusNoContent)
}

func (a *API) controlRequests(w http.ResponseWriter, _ *http.Request) {
	type request struct {
		Method string      `json:"method"`
		Path   string      `json:"path"`
		Header http.Header `json:"header"`
		Body   string      `json:"body"`
		Status int         `json:"status"`
	}
	out := []request{}
	for _, r := range a.Requests() {
		out = append(out, request{r.Method, r.Path, r.Header, string(r.Body), r.Status})
	}
	writeJSON(w, out)
}

// tell returns a handler that answers with what is known about the user that the query names by id or email, 404 if
// that is nothing.
func (a *API) tell(member string, of func(*user) string) http.HandlerFunc {
	about := func(name string) string {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, u := range a.users {
			if told := of(u); told != "" && (u.ID == name || strings.EqualFold(u.Email, name)) {
				return told
			}
		}
		return ""
	}
	return func(w http.ResponseWriter, r *http.Request) {
		told := about(r.URL.Query().Get("user"))
		if told == "" {
			http.Error(w, "no such user with a "+member, http.StatusNotFound)
			return
		}
		writeJSON(w, map[string]string{member: told})
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}
