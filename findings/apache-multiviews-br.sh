#!/bin/sh
# Apache's MultiViews sends no .br file, though AddEncoding says what it is: in Debian's configuration .br is also a
# language, Breton, so that it is nothing for who asks for English.
# It also needs Debian's apache2 and curl.
set -eu
PATH=$PATH:/usr/sbin
dir=$(mktemp -d); chmod 755 "$dir"
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
pid=
port=${PORT:-18473}
mkdir "$dir/site"
chmod 755 "$dir/site"
for form in br gz; do echo "$form" > "$dir/site/app.js.$form"; done
modules=/usr/lib/apache2/modules
cat > "$dir/conf" <<CONF
ServerRoot $dir
ServerName localhost
Listen 127.0.0.1:$port
PidFile $dir/pid
ErrorLog $dir/errors
$(for name in mpm_event authz_core mime negotiation; do echo "LoadModule ${name}_module $modules/mod_$name.so"; done)
Include /etc/apache2/mods-available/mime.conf
DocumentRoot $dir/site
<Directory $dir/site>
	Options MultiViews
	AddEncoding br .br
	AddEncoding gzip .gz
</Directory>
CONF
apache2 -d "$dir" -f "$dir/conf" -DFOREGROUND & pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do curl -s -o /dev/null "http://127.0.0.1:$port/" && break; sleep 0.5; done
ask() { curl -s -o /dev/null -D - -H 'Accept-Encoding: br' -H "Accept-Language: en" "http://127.0.0.1:$port/app.js" | tr -d '\r' | grep -iE '^(HTTP|Content-(Encoding|Language|Location|Type))' | tr '\n' ';'; }
seen=$(ask)
apache2 -v | head -1
echo "expected  200, Content-Encoding: br"
echo "seen      $seen"
case $seen in *406*) ;; *) exit 1 ;; esac
