# shellcheck shell=bash
# Throw-away certificates, made anew for every lab directory. Sourced by lab.sh.

make_certificate() { # NAME SUBJECT EXTENSIONS
  local pki=$LAB_DIR/pki serial
  serial=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
  openssl req -new -utf8 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$2" \
    -keyout "$pki/$1.key" -out "$pki/$1.csr" 2>/dev/null &&
    openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -set_serial "0x7f$serial" \
      -days 30 -extfile "$pki/$3.ext" -out "$pki/$1.crt" 2>/dev/null
}

make_authority() {
  local pki=$LAB_DIR/pki
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=Davylamp lab" \
    -keyout "$pki/ca.key" -out "$pki/ca.crt" 2>/dev/null || die "openssl could not make the lab's certificate authority in $pki"
  printf 'extendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\n' >"$pki/server.ext"
  printf 'extendedKeyUsage=clientAuth\nkeyUsage=digitalSignature\n' >"$pki/client.ext"
  "$LAB_OPENVPN" --genkey tls-crypt "$pki/tls-crypt.key" >/dev/null 2>&1 || die "$LAB_OPENVPN could not make a tls-crypt key"
  make_certificate server "/CN=lab-server" server || die "openssl could not make the server's certificate"
}

make_pki() {
  local pki=$LAB_DIR/pki index running=0
  (umask 077 && mkdir -p "$pki")
  [[ -f $pki/server.crt ]] || make_authority
  for ((index = 1; index <= LAB_CLIENTS; index++)); do
    [[ -f $pki/c$index.crt ]] && continue
    make_certificate "c$index" "/O=Davylamp lab/CN=$(client_name "$index")" client &
    if ((++running % 4 == 0)); then wait; fi
  done
  wait
  for ((index = 1; index <= LAB_CLIENTS; index++)); do
    [[ -f $pki/c$index.crt ]] || die "openssl could not make the certificate of client $index"
  done
}
