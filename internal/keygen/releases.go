package keygen

import "strings"

// What is sold has releases, and these have files. Those of open products anybody
// may have; a token that there is is sent all the same.

// ListReleases asks for the releases that there are for a user.
func ListReleases(query []Parameter) Call { return public(get(query, "releases")) }

// ShowRelease asks for a release by id, version or tag.
func ShowRelease(id string) Call { return public(get(nil, "releases", id)) }

// UpgradeRelease asks for the newest release after one, by {channel?, constraint?,
// product?}. There may be none (NOT_FOUND).
func UpgradeRelease(id string, query []Parameter) Call {
	return public(get(query, "releases", id, "upgrade"))
}

// ListArtifacts asks for files.
func ListArtifacts(query []Parameter) Call { return public(get(query, "artifacts")) }

// ShowArtifact asks for what is known of a file, by id or name.
func ShowArtifact(id string) Call {
	call := public(get(nil, "artifacts", id))
	call.Prefer = "no-download"
	return call
}

// DownloadArtifact asks where a file lies, by id or name, of any release when that
// is empty. In data.links.redirect is an address that a browser can be sent to for
// 15 minutes; no script may read what is there.
func DownloadArtifact(release, id string) Call {
	call := public(get(nil, "artifacts", id))
	if release != "" {
		call = public(get(nil, "releases", release, "artifacts", id))
	}
	call.Prefer = preferAddress
	return call
}

// preferAddress asks for a document with the address of a file, in place of a
// redirect that a page could not follow.
const preferAddress = "no-redirect"

func public(call Call) Call {
	call.Public = true
	return call
}

// Address returns where the answer to DownloadArtifact sends, "" where that is no
// place to send a browser to: by https, or on this device.
func Address(document Node) string {
	address := text(document, "data", "links", "redirect")
	rest, plain := strings.CutPrefix(address, "http://")
	host, _, _ := strings.Cut(rest, "/")
	switch {
	case strings.HasPrefix(address, "https://"):
		return address
	case plain && !strings.Contains(host, "@") && strings.Contains(" localhost 127.0.0.1 [::1] ", " "+hostname("://"+host)+" "):
		return address
	}
	return ""
}
