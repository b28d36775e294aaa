package browser

import "strings"

// SendableEmail returns an email address as it is sent: a domain with letters
// beyond ASCII becomes the one that the network knows (xn--…), as some browsers do
// it in their fields and others do not. What is no such address is returned as it
// is.
func SendableEmail(email string) string {
	at := strings.LastIndexByte(email, '@') + 1
	if at == 0 || isASCII(email[at:]) {
		return email
	}
	url, _ := Window().Get("URL").New("http://" + email[at:])
	host, _ := url.Get("hostname").Text()
	if href, _ := url.Get("href").Text(); host == "" || strings.Contains(host, "%") || href != "http://"+host+"/" {
		return email
	}
	return email[:at] + host
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
