# Runs moto's server with its check of signatures mended: moto 5.2 takes the query of a request after decoding it, and so
# finds every signature wrong that was made over an encoded one, like prefix=images%2F.
import urllib.parse

import flask
import moto.core.authorization
from moto.server import main


def parsed_as_it_was_sent(uri):
    return urllib.parse.urlparse(uri)._replace(query=flask.request.query_string.decode())


moto.core.authorization.urlparse = parsed_as_it_was_sent
main()
