<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ui::AddPicturesCommand</name>
    <message numerus="yes">
        <source>Add %n pictures</source>
        <translation>
            <numerusform>Add %n picture</numerusform>
            <numerusform>Add %n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::AddPicturesDialog</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n picture(s)</source>
        <translation>
            <numerusform>Add %n picture</numerusform>
            <numerusform>Add %n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::DuelSession</name>
    <message numerus="yes">
        <source>%n more until it can see your taste</source>
        <translation>
            <numerusform>%n more until it can see your taste</numerusform>
            <numerusform>%n more until it can see your taste</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::DuelView</name>
    <message numerus="yes">
        <source>%n answer(s)</source>
        <translation>
            <numerusform>%n answer</numerusform>
            <numerusform>%n answers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::JobText</name>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message numerus="yes">
        <source>Empty the trash of %n picture(s)?</source>
        <translation>
            <numerusform>Empty the trash of %n picture?</numerusform>
            <numerusform>Empty the trash of %n pictures?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) moved to the desktop&apos;s trash.</source>
        <translation>
            <numerusform>%n picture moved to the desktop&apos;s trash.</numerusform>
            <numerusform>%n pictures moved to the desktop&apos;s trash.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ParameterPanel</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Draw %n image(s) at a time, each from its own seed</source>
        <translation>
            <numerusform>Draw one image at a time</numerusform>
            <numerusform>Draw %n images at a time, each from its own seed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fuselight does not know your taste yet: rate %n more picture(s).</source>
        <translation>
            <numerusform>Fuselight does not know your taste yet: rate %n more picture.</numerusform>
            <numerusform>Fuselight does not know your taste yet: rate %n more pictures.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PictureFiles</name>
    <message numerus="yes">
        <source>Save %n picture(s) in a folder</source>
        <translation>
            <numerusform>Save %n picture in a folder</numerusform>
            <numerusform>Save %n pictures in a folder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Saved %n picture(s).</source>
        <translation>
            <numerusform>Saved %n picture.</numerusform>
            <numerusform>Saved %n pictures.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Added %n picture(s).</source>
        <translation>
            <numerusform>Added %n picture.</numerusform>
            <numerusform>Added %n pictures.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::QueueButton</name>
    <message numerus="yes">
        <source>Queue, %n jobs</source>
        <translation>
            <numerusform>Queue, %n job</numerusform>
            <numerusform>Queue, %n jobs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::RateCommand</name>
    <message numerus="yes">
        <source>Rate %n stars</source>
        <translation>
            <numerusform>Rate %n star</numerusform>
            <numerusform>Rate %n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Rating</name>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SettingsPopover</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TasteController</name>
    <message numerus="yes">
        <source>%n more answer(s) and it can learn.</source>
        <translation>
            <numerusform>%n more answer and it can learn.</numerusform>
            <numerusform>%n more answers and it can learn.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n minute(s) in the background.</source>
        <translation>
            <numerusform>It takes about %n minute in the background.</numerusform>
            <numerusform>It takes about %n minutes in the background.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n minute(s) in the background and %1 of memory.</source>
        <translation>
            <numerusform>It takes about %n minute in the background and %1 of memory.</numerusform>
            <numerusform>It takes about %n minutes in the background and %1 of memory.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n hour(s) in the background and %1 of memory.</source>
        <translation>
            <numerusform>It takes about %n hour in the background and %1 of memory.</numerusform>
            <numerusform>It takes about %n hours in the background and %1 of memory.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TastePage</name>
    <message numerus="yes">
        <source>After %n more answer(s) Fuselight can begin to see your taste.</source>
        <translation>
            <numerusform>After %n more answer Fuselight can begin to see your taste.</numerusform>
            <numerusform>After %n more answers Fuselight can begin to see your taste.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n star rating(s)</source>
        <translation>
            <numerusform>%n star rating</numerusform>
            <numerusform>%n star ratings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pick(s)</source>
        <translation>
            <numerusform>%n pick</numerusform>
            <numerusform>%n picks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n duel(s)</source>
        <translation>
            <numerusform>%n duel</numerusform>
            <numerusform>%n duels</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TrashCommand</name>
    <message numerus="yes">
        <source>Delete %n pictures</source>
        <translation>
            <numerusform>Delete %n picture</numerusform>
            <numerusform>Delete %n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::VersionRow</name>
    <message numerus="yes">
        <source>from %n answer(s)</source>
        <translation>
            <numerusform>from %n answer</numerusform>
            <numerusform>from %n answers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On trial: %1 of %n answer(s) for it</source>
        <translation>
            <numerusform>On trial: %1 of %n answer for it</numerusform>
            <numerusform>On trial: %1 of %n answers for it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::WinRateBar</name>
    <message numerus="yes">
        <source>Preferred to the model as it came in %1 % (%2 to %3 %), judged on %n picture(s)</source>
        <translation>
            <numerusform>Preferred to the model as it came in %1 % (%2 to %3 %), judged on %n picture</numerusform>
            <numerusform>Preferred to the model as it came in %1 % (%2 to %3 %), judged on %n pictures</numerusform>
        </translation>
    </message>
</context>
</TS>
