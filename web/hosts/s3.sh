#!/bin/sh
# Uploads keygen-auth to S3, with each file's type and caching. Run it where the built files lie:
#
#     hosts/s3.sh s3://my-bucket/folder
#
# Files of former builds stay there, for pages that are still open or cached. CloudFront compresses by itself, so the .br
# and .gz files stay here. cloudfront.json beside this script has the headers that S3 cannot send.
set -eu
target=${1:?"say where to: $0 s3://my-bucket/folder"}
for file in keygen-auth.* LICENSE THIRD-PARTY-NOTICES.txt; do
	case $file in
	*.br | *.gz | *.d.ts) continue ;;
	*.js | *.mjs) type=text/javascript ;;
	*.wasm) type=application/wasm ;;
	*.json) type=application/json ;;
	LICENSE | *.txt) type=text/plain ;;
	*) continue ;;
	esac
	# Names with a hash belong to one content for ever. All others may change: browsers ask whether they did.
	if printf %s "$file" | grep -Eq '^keygen-auth\.([A-Za-z-]+\.)?[0-9a-f]{8}\.'; then
		cache="public, max-age=31536000, immutable"
	else
		cache=no-cache
	fi
	aws s3 cp "$file" "${target%/}/$file" --content-type "$type" --cache-control "$cache"
done
