package browser

var blamed bool

// blameLocalNetwork tells the page's developer, once, where a request may have
// failed because the browser keeps this site from private addresses, as Chromium
// does where its user was asked and said no. That is all a page can find out.
func blameLocalNetwork() {
	for _, name := range []string{"local-network-access", "local-network", "loopback-network"} {
		descriptor, _ := Object(map[string]any{"name": name})
		query, err := Window().Get("navigator").Get("permissions").Call("query", descriptor)
		if err != nil {
			return
		}
		status, _ := Await(query) // an error for a name that the browser does not know
		if state, _ := status.Get("state").Text(); state == "denied" && !blamed {
			blamed = true
			Report("a request failed, and this site lacks the permission " + name +
				": if the API has a private address, allow it in the browser's settings for this site")
		}
	}
}
