// SPDX-License-Identifier: Apache-2.0
#include "ui/window/add_pictures_dialog.h"

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int most_names = 4;
constexpr int longest_prompt = 8192;  // characters
}  // namespace

AddPicturesDialog::AddPicturesDialog(const QStringList& files, QWidget* parent) : QDialog(parent), files_(files), prompt_(new QLineEdit(this)) {
    setObjectName(QStringLiteral("add_pictures_dialog"));
    setWindowTitle(tr("Add pictures"));
    setMinimumWidth(theme::prompt_column);
    QStringList names;
    for (const QString& file : files.mid(0, most_names)) names.append(QFileInfo(file).fileName());
    if (files.size() > most_names) names.append(tr("and %n more", nullptr, static_cast<int>(files.size()) - most_names));
    auto* what = new QLabel(names.join(QLatin1Char('\n')), this);
    what->setTextFormat(Qt::PlainText);
    what->setWordWrap(true);
    auto* why = new QLabel(tr("The library keeps a copy, and your stars for it teach your taste like any other."), this);
    why->setWordWrap(true);
    auto* asked = new QLabel(tr("What do they show? You may leave this empty."), this);
    asked->setBuddy(prompt_);
    prompt_->setAccessibleName(asked->text());
    prompt_->setMaxLength(longest_prompt);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Add %n picture(s)", nullptr, static_cast<int>(files.size())));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_xl, theme::space_l, theme::space_xl, theme::space_l);
    column->setSpacing(theme::space_s);
    column->addWidget(what);
    column->addWidget(why);
    column->addSpacing(theme::space_s);
    column->addWidget(asked);
    column->addWidget(prompt_);
    column->addSpacing(theme::space_s);
    column->addWidget(buttons);
    prompt_->setFocus();
}

QString AddPicturesDialog::prompt() const { return prompt_->text().simplified(); }

}  // namespace ui
