"""The bundled newsroom: invented papers on a local server, and one run of the job on it.

`publishers/<folder>/site.yaml` says what a publisher is like, `page.html` how its pages are built,
and each other YAML file is one story with the truth about it. Every paper, person and finding is
invented; bodies that really exist only ever appear with news that would please them.
"""
