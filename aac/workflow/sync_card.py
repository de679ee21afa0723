"""What the repository of sent annotations says of itself."""

SYNC_CARD = """---
language: pt
tags:
- aac
- prancha
configs:
- config_name: ratings
  data_files: data/ratings/*.jsonl
- config_name: votes
  data_files: data/votes/*.jsonl
- config_name: corrections
  data_files: data/corrections/*.jsonl
- config_name: tombstones
  data_files: data/tombstones/*.jsonl
---

# Avaliações, votos e correções da Prancha

Cada arquivo `data/<tabela>/<primeira>-<última>.jsonl` tem as linhas guardadas com esses números, na ordem, e nunca
muda. Uma linha traz o que a pessoa disse, o pedido e a resposta de que fala; a pessoa é um pseudônimo.

**O que foi apagado.** Arquivos só se acrescentam: quando uma pessoa apaga o que é seu, aqui chega um arquivo em
`data/tombstones/` com os `id` das linhas apagadas (`row_id`). **Quem usa estes dados deve tirar essas linhas**, de
todas as tabelas. Para que sumam também daqui e do histórico, apague este repositório: a Prancha o faz de novo, já sem
elas.

Mantenha-o privado, e use um repositório para cada banco de dados.

# Ratings, votes and corrections of Prancha

Each file `data/<table>/<first>-<last>.jsonl` holds the rows stored under these numbers, in order, and never changes. A
row has what the person said, the prompt and the answer it is about; the person is a pseudonym.

**What was erased.** Files are only added: when a person erases what is theirs, a file with the `id`s of the erased rows
(`row_id`) arrives in `data/tombstones/`. **Whoever uses this data must leave those rows out**, of every table. To have
them gone from here and from the history too, delete this repository: Prancha makes it anew, without them.

Keep it private, and use one repository for each database.
"""
