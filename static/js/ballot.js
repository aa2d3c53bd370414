// The QR code of a slip brings the code behind "#", which is sent to no server: into the field, and out of the address.
(() => {
  "use strict";
  const field = document.getElementById("id_code");
  const code = decodeURIComponent(location.hash.slice(1));
  if (!field || !/^[0-9A-Za-z]{8}$/.test(code)) return;
  field.value = `${code.slice(0, 4)}-${code.slice(4)}`;
  history.replaceState(null, "", location.pathname);
})();
