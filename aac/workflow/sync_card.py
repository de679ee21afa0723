"""What the repository of sent annotations says of itself."""

SYNC_CARD = """---
language: pt
tags:
- aac
- prancha
configs:
- config_name: log
  data_files: log/*/*.jsonl
---

# Avaliações, votos e correções da Prancha

Cada arquivo `log/<linhagem>/<primeira>-<última>.jsonl` tem as linhas que um banco de dados da Prancha guardou com esses
números, na ordem; uma linhagem é um banco de dados, e um novo começa quando o disco do servidor se perde. Em cada linha
`table` diz a tabela e `row` é a linha dela, como JSON em um texto:

    pandas.json_normalize(log[log.table == "ratings"].row.map(json.loads))

`ratings`, `votes` e `corrections` são o que as pessoas disseram; `generation_id`, `item_id` e `prompt_id` levam à
resposta, ao item da fila e ao pedido de que falam; a pessoa (`annotator_id`) é um pseudônimo. As outras tabelas são o
que um servidor novo precisa para continuar: ele traz tudo de volta ao iniciar. A primeira linha de cada arquivo diz o
formato e o esquema. `all-<última>.jsonl` está no lugar de todos os arquivos até ali (`python -m aac hub compact`). Pode
haver também arquivos `data/<tabela>/…`, de versões anteriores.

**O que foi apagado.** Quando uma pessoa apaga o que é seu, chegam linhas de `tombstones` com os `id` das apagadas
(`row_id`), e elas saem daqui quando os arquivos se juntam, uma vez por dia. **Quem usa estes dados deve tirar essas
linhas**, de todas as tabelas, e dos arquivos `data/`. O histórico do repositório as guarda: para que sumam também dele,
apague este repositório. A Prancha o faz de novo, já sem elas, com o que o banco de dados tiver.

Mantenha-o privado. Não use o mesmo banco de dados em dois servidores que não o dividem (uma cópia da pasta de dados).

# Ratings, votes and corrections of Prancha

Each file `log/<lineage>/<first>-<last>.jsonl` holds the rows that a database of Prancha's stored under these numbers,
in order; a lineage is one database, and a new one begins where a server's disk was lost. In each line `table` names the
table and `row` is its row, as JSON in a text:

    pandas.json_normalize(log[log.table == "ratings"].row.map(json.loads))

`ratings`, `votes` and `corrections` are what people said; `generation_id`, `item_id` and `prompt_id` lead to the
answer, the queue item and the prompt that they are about; the person (`annotator_id`) is a pseudonym. The other tables
are what a new server needs to go on: it brings all of it back when it starts. The first line of each file says its
format and schema. `all-<last>.jsonl` stands for all files up to there (`python -m aac hub compact`). There may also be
files `data/<table>/…`, of earlier versions.

**What was erased.** When a person erases what is theirs, rows of `tombstones` arrive with the `id`s of the erased rows
(`row_id`), and those leave when files are put together, once a day. **Whoever uses this data must leave those rows
out**, of every table, and of the files under `data/`. The repository's history keeps them: to have them gone from there
too, delete this repository. Prancha makes it anew, without them, of what its database has.

Keep it private. Never let two servers that do not share a database write under one name (a copied data folder).
"""
