<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
<context>
    <name>ui::AboutWindow</name>
    <message>
        <source>About Fuselight</source>
        <translation>Fuselight 정보</translation>
    </message>
    <message>
        <source>A studio for drawing with words</source>
        <translation>글로 그림을 그리는 스튜디오</translation>
    </message>
    <message>
        <source>Version %1 · a studio for drawing with words</source>
        <translation>버전 %1 · 글로 그림을 그리는 스튜디오</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <source>Fuselight is free software under the Apache License 2.0. It draws on this computer; nothing is sent anywhere.</source>
        <translation>Fuselight는 Apache License 2.0에 따라 배포되는 자유 소프트웨어입니다. 그림은 이 컴퓨터에서 그려지며, 아무것도 외부로 보내지 않습니다.</translation>
    </message>
    <message>
        <source>The starter model ships with Fuselight. The text model is fetched by you, under its own terms.</source>
        <translation>스타터 모델은 Fuselight에 들어 있습니다. 텍스트 모델은 사용자가 해당 약관에 따라 내려받습니다.</translation>
    </message>
    <message>
        <source>Fuselight stands on the work of others:</source>
        <translation>Fuselight는 다음 프로젝트를 바탕으로 만들어졌습니다:</translation>
    </message>
</context>
<context>
    <name>ui::Actions</name>
    <message>
        <source>Take settings from picture…</source>
        <translation>그림에서 설정 가져오기…</translation>
    </message>
    <message>
        <source>Reads the prompt and the settings out of a picture that Fuselight saved</source>
        <translation>Fuselight가 저장한 그림에서 프롬프트와 설정을 읽어 옵니다</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>다른 이름으로 저장…</translation>
    </message>
    <message>
        <source>Saves the picture as PNG, WebP, TIFF or JPEG</source>
        <translation>그림을 PNG, WebP, TIFF, JPEG로 저장합니다</translation>
    </message>
    <message>
        <source>Show file</source>
        <translation>파일 위치 열기</translation>
    </message>
    <message>
        <source>Shows the picture&apos;s file in the file manager</source>
        <translation>그림 파일이 있는 폴더를 파일 관리자에서 엽니다</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Appearance, language, folders, trash</source>
        <translation>화면 모드, 언어, 폴더, 휴지통</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>종료</translation>
    </message>
    <message>
        <source>Ends Fuselight; waiting jobs go on next time</source>
        <translation>Fuselight를 끝냅니다. 기다리는 작업은 다음에 이어집니다</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <source>Takes the last rating, deletion or replacement back</source>
        <translation>마지막 별점, 삭제, 바꾸기를 되돌립니다</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>다시 실행</translation>
    </message>
    <message>
        <source>Does again what was taken back</source>
        <translation>되돌린 것을 다시 합니다</translation>
    </message>
    <message>
        <source>Write prompt</source>
        <translation>프롬프트 쓰기</translation>
    </message>
    <message>
        <source>Puts the cursor into the prompt</source>
        <translation>프롬프트 입력란으로 갑니다</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>휴지통으로 이동</translation>
    </message>
    <message>
        <source>Takes the picture out of the library; undo brings it back</source>
        <translation>그림을 라이브러리에서 뺍니다. 실행 취소로 되돌릴 수 있습니다</translation>
    </message>
    <message>
        <source>Studio</source>
        <translation>스튜디오</translation>
    </message>
    <message>
        <source>One picture, large</source>
        <translation>그림 한 장을 크게 봅니다</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>라이브러리</translation>
    </message>
    <message>
        <source>All pictures as a grid</source>
        <translation>모든 그림을 격자로 봅니다</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>속성</translation>
    </message>
    <message>
        <source>Shows how the picture was drawn</source>
        <translation>그림이 어떻게 그려졌는지 보여 줍니다</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>대기열</translation>
    </message>
    <message>
        <source>What is drawn now and what waits</source>
        <translation>지금 그리는 작업과 기다리는 작업을 봅니다</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>전체 화면</translation>
    </message>
    <message>
        <source>The picture alone</source>
        <translation>그림만 봅니다</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>확대</translation>
    </message>
    <message>
        <source>Shows the picture larger</source>
        <translation>그림을 더 크게 봅니다</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>축소</translation>
    </message>
    <message>
        <source>Shows the picture smaller</source>
        <translation>그림을 더 작게 봅니다</translation>
    </message>
    <message>
        <source>Fit to window</source>
        <translation>창에 맞춤</translation>
    </message>
    <message>
        <source>Shows the whole picture</source>
        <translation>그림 전체를 봅니다</translation>
    </message>
    <message>
        <source>Actual pixels</source>
        <translation>실제 픽셀</translation>
    </message>
    <message>
        <source>One pixel of the picture on one pixel of the screen</source>
        <translation>그림의 한 픽셀을 화면의 한 픽셀에 맞춥니다</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>생성</translation>
    </message>
    <message>
        <source>Draws the prompt</source>
        <translation>프롬프트를 그립니다</translation>
    </message>
    <message>
        <source>Cancel drawing</source>
        <translation>그리기 취소</translation>
    </message>
    <message>
        <source>Stops what is being drawn; in a text field, leaves the field</source>
        <translation>그리던 것을 멈춥니다. 입력란에서는 입력란을 벗어납니다</translation>
    </message>
    <message>
        <source>Newer picture</source>
        <translation>더 새로운 그림</translation>
    </message>
    <message>
        <source>Goes one picture to the left in the strip</source>
        <translation>필름스트립에서 왼쪽 그림으로 갑니다</translation>
    </message>
    <message>
        <source>Older picture</source>
        <translation>더 오래된 그림</translation>
    </message>
    <message>
        <source>Goes one picture to the right in the strip</source>
        <translation>필름스트립에서 오른쪽 그림으로 갑니다</translation>
    </message>
    <message>
        <source>No rating</source>
        <translation>별점 없음</translation>
    </message>
    <message>
        <source>Takes the stars away</source>
        <translation>별점을 지웁니다</translation>
    </message>
    <message>
        <source>Rate 1 star</source>
        <translation>별점 1개</translation>
    </message>
    <message>
        <source>Rates the picture</source>
        <translation>그림에 별점을 줍니다</translation>
    </message>
    <message>
        <source>Rate 2 stars</source>
        <translation>별점 2개</translation>
    </message>
    <message>
        <source>Rate 3 stars</source>
        <translation>별점 3개</translation>
    </message>
    <message>
        <source>Rate 4 stars</source>
        <translation>별점 4개</translation>
    </message>
    <message>
        <source>Rate 5 stars</source>
        <translation>별점 5개</translation>
    </message>
    <message>
        <source>Use again</source>
        <translation>다시 쓰기</translation>
    </message>
    <message>
        <source>Brings the picture&apos;s prompt and settings back</source>
        <translation>그림의 프롬프트와 설정을 다시 불러옵니다</translation>
    </message>
    <message>
        <source>Use again, new seed</source>
        <translation>시드만 바꿔 다시 쓰기</translation>
    </message>
    <message>
        <source>The same, but the next picture will differ</source>
        <translation>같은 설정으로, 다음 그림은 다르게 나옵니다</translation>
    </message>
    <message>
        <source>Use prompt only</source>
        <translation>프롬프트만 쓰기</translation>
    </message>
    <message>
        <source>Brings the words back and leaves the settings</source>
        <translation>글만 불러오고 설정은 그대로 둡니다</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>키보드 단축키</translation>
    </message>
    <message>
        <source>Every key on one page</source>
        <translation>모든 단축키를 한눈에 봅니다</translation>
    </message>
    <message>
        <source>About Fuselight</source>
        <translation>Fuselight 정보</translation>
    </message>
    <message>
        <source>Version and licences</source>
        <translation>버전과 라이선스</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>편집</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>도움말</translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>실행 취소: %1</translation>
    </message>
    <message>
        <source>Redo: %1</source>
        <translation>다시 실행: %1</translation>
    </message>
    <message>
        <source>Add a model…</source>
        <translation>모델 추가…</translation>
    </message>
    <message>
        <source>Lists the folder of another FuseDiT model, to draw with it</source>
        <translation>다른 FuseDiT 모델의 폴더를 목록에 올려 그 모델로 그립니다</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Which model draws, and what the others are</source>
        <translation>어떤 모델이 그리는지, 다른 모델은 무엇인지 봅니다</translation>
    </message>
    <message>
        <source>Duel</source>
        <translation>대결</translation>
    </message>
    <message>
        <source>Two pictures, and which is better: the quickest way to teach your taste</source>
        <translation>두 그림 중 더 좋은 쪽 고르기: 취향을 가르치는 가장 빠른 방법</translation>
    </message>
    <message>
        <source>Taste</source>
        <translation>취향</translation>
    </message>
    <message>
        <source>What the model learnt from your ratings</source>
        <translation>평가에서 모델이 배운 것</translation>
    </message>
    <message>
        <source>Add pictures…</source>
        <translation>그림 추가…</translation>
    </message>
    <message>
        <source>Brings pictures of your own into the library, to be rated like drawn ones</source>
        <translation>내 그림을 라이브러리로 가져와 그린 그림처럼 평가합니다</translation>
    </message>
    <message>
        <source>Pick</source>
        <translation>채택</translation>
    </message>
    <message>
        <source>Marks the picture as one to keep; again, takes the mark away</source>
        <translation>남길 그림으로 표시합니다. 한 번 더 누르면 표시를 지웁니다</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>Marks the picture as one that failed; again, takes the mark away</source>
        <translation>실패한 그림으로 표시합니다. 한 번 더 누르면 표시를 지웁니다</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>적용 전후 비교</translation>
    </message>
    <message>
        <source>The same picture without your taste, and back; what is not there yet is drawn</source>
        <translation>취향을 뺀 같은 그림을 보고 다시 돌아옵니다. 아직 없는 그림은 새로 그립니다</translation>
    </message>
</context>
<context>
    <name>ui::AddPicturesCommand</name>
    <message>
        <source>Add picture</source>
        <translation>그림 추가</translation>
    </message>
    <message numerus="yes">
        <source>Add %n pictures</source>
        <translation>
            <numerusform>그림 %n장 추가</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::AddPicturesDialog</name>
    <message>
        <source>Add pictures</source>
        <translation>그림 추가</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>외 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>The library keeps a copy, and your stars for it teach your taste like any other.</source>
        <translation>라이브러리에 사본을 두며, 여기에 준 별점도 다른 그림처럼 취향을 가르칩니다.</translation>
    </message>
    <message>
        <source>What do they show? You may leave this empty.</source>
        <translation>무엇을 담은 그림인가요? 비워 두어도 됩니다.</translation>
    </message>
    <message numerus="yes">
        <source>Add %n picture(s)</source>
        <translation>
            <numerusform>그림 %n장 추가</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Comparison</name>
    <message>
        <source>This picture was not drawn here, so there is nothing to compare it with.</source>
        <translation>여기서 그린 그림이 아니어서 비교할 것이 없습니다.</translation>
    </message>
    <message>
        <source>This picture was drawn without a taste, and none is in use now.</source>
        <translation>이 그림은 취향 없이 그렸고, 지금 쓰는 취향도 없습니다.</translation>
    </message>
    <message>
        <source>Choose a version on the taste page, then compare again.</source>
        <translation>취향 페이지에서 버전을 고른 뒤 다시 비교해 보세요.</translation>
    </message>
    <message>
        <source>No model is loaded, so the other picture cannot be drawn.</source>
        <translation>불러온 모델이 없어 비교할 그림을 그릴 수 없습니다.</translation>
    </message>
    <message>
        <source>This picture was drawn by another model than the one your taste was learned with.</source>
        <translation>이 그림은 취향을 배운 모델이 아닌 다른 모델로 그렸습니다.</translation>
    </message>
    <message>
        <source>Let it be learned for this model on the taste page, then compare again.</source>
        <translation>취향 페이지에서 이 모델로 다시 배운 뒤 비교하세요.</translation>
    </message>
</context>
<context>
    <name>ui::Composer</name>
    <message>
        <source>Replace prompt</source>
        <translation>프롬프트 바꾸기</translation>
    </message>
    <message>
        <source>Use prompt again</source>
        <translation>프롬프트 다시 쓰기</translation>
    </message>
    <message>
        <source>Use settings again</source>
        <translation>설정 다시 쓰기</translation>
    </message>
    <message>
        <source>Prompts that drew a picture appear here</source>
        <translation>그림을 그린 프롬프트가 여기에 나타납니다</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>생성</translation>
    </message>
    <message>
        <source>Draw this prompt (%1)</source>
        <translation>이 프롬프트를 그립니다 (%1)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Cancel drawing</source>
        <translation>그리기 취소</translation>
    </message>
    <message>
        <source>Stop what is being drawn; finished images stay (%1)</source>
        <translation>그리던 것을 멈춥니다. 완성된 그림은 남습니다 (%1)</translation>
    </message>
    <message>
        <source>Draw this prompt, the best of %1 for each image (%2)</source>
        <translation>이 프롬프트로 그립니다. 그림마다 %1장 중 가장 좋은 것을 남깁니다 (%2)</translation>
    </message>
</context>
<context>
    <name>ui::Day</name>
    <message>
        <source>Today</source>
        <translation>오늘</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>어제</translation>
    </message>
    <message>
        <source>d MMMM</source>
        <extracomment>A day of the current year, in QDate&apos;s format language: 12 March</extracomment>
        <translation>M월 d일</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <extracomment>A day of another year, in QDate&apos;s format language: 12 March 2025</extracomment>
        <translation>yyyy년 M월 d일</translation>
    </message>
</context>
<context>
    <name>ui::Drawing</name>
    <message>
        <source>Loading the model</source>
        <translation>모델을 불러오는 중</translation>
    </message>
    <message>
        <source>Pictures %1 to %2 of %3</source>
        <translation>%3장 중 %1~%2번째 그림</translation>
    </message>
    <message>
        <source>Picture %1 of %2</source>
        <translation>%2장 중 %1번째 그림</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>%2단계 중 %1단계</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>시작하는 중</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>적용 전</translation>
    </message>
    <message>
        <source>After</source>
        <translation>적용 후</translation>
    </message>
    <message>
        <source>Waits to be drawn without your taste</source>
        <translation>취향을 뺀 그림 대기 중</translation>
    </message>
    <message>
        <source>Waits to be drawn with your taste</source>
        <translation>취향을 담은 그림 대기 중</translation>
    </message>
    <message>
        <source>Drawing it without your taste</source>
        <translation>취향을 빼고 그리는 중</translation>
    </message>
    <message>
        <source>Drawing it with your taste</source>
        <translation>취향을 담아 그리는 중</translation>
    </message>
</context>
<context>
    <name>ui::DuelSession</name>
    <message numerus="yes">
        <source>%n more until it can see your taste</source>
        <translation>
            <numerusform>취향을 볼 수 있을 때까지 %n개 남음</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::DuelView</name>
    <message>
        <source>The picture&apos;s file cannot be read. Skip to the next pair.</source>
        <translation>그림 파일을 읽을 수 없습니다. 다음 쌍으로 건너뛰세요.</translation>
    </message>
    <message>
        <source>The picture is no longer in the library. Skip to the next pair.</source>
        <translation>그림이 보관함에 더 이상 없습니다. 다음 쌍으로 건너뛰세요.</translation>
    </message>
    <message>
        <source>Which one do you like better?</source>
        <translation>어느 쪽이 더 마음에 드나요?</translation>
    </message>
    <message numerus="yes">
        <source>%n answer(s)</source>
        <translation>
            <numerusform>답변 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>Left: %1. Right: %2.</source>
        <translation>왼쪽: %1. 오른쪽: %2.</translation>
    </message>
    <message>
        <source>Duel</source>
        <translation>대결</translation>
    </message>
    <message>
        <source>Two pictures</source>
        <translation>두 그림</translation>
    </message>
    <message>
        <source>Left is better</source>
        <translation>왼쪽이 더 좋음</translation>
    </message>
    <message>
        <source>The left picture is the better one (Left arrow)</source>
        <translation>왼쪽 그림이 더 좋습니다 (왼쪽 화살표)</translation>
    </message>
    <message>
        <source>Right is better</source>
        <translation>오른쪽이 더 좋음</translation>
    </message>
    <message>
        <source>The right picture is the better one (Right arrow)</source>
        <translation>오른쪽 그림이 더 좋습니다 (오른쪽 화살표)</translation>
    </message>
    <message>
        <source>About equal</source>
        <translation>비슷함</translation>
    </message>
    <message>
        <source>Neither is better (Down arrow)</source>
        <translation>어느 쪽도 더 낫지 않습니다 (아래쪽 화살표)</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>건너뛰기</translation>
    </message>
    <message>
        <source>Asks something else; nothing is learnt from it (Up arrow)</source>
        <translation>다른 것을 묻습니다. 이 쌍에서는 배우지 않습니다 (위쪽 화살표)</translation>
    </message>
    <message>
        <source>Take back the last answer</source>
        <translation>마지막 답변 취소</translation>
    </message>
    <message>
        <source>Back to the studio</source>
        <translation>스튜디오로 돌아가기</translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation>아직 비교할 그림이 없습니다</translation>
    </message>
    <message>
        <source>Draw a prompt with two or more images. Here you then choose between them, and the model learns what you like.</source>
        <translation>한 프롬프트로 그림을 두 장 이상 그려 보세요. 여기서 더 좋은 쪽을 고르면 모델이 취향을 배웁니다.</translation>
    </message>
</context>
<context>
    <name>ui::ErrorText</name>
    <message>
        <source>Drawing was stopped.</source>
        <translation>그리기를 멈췄습니다.</translation>
    </message>
    <message>
        <source>This picture cannot be drawn as it is set.</source>
        <translation>지금 설정으로는 이 그림을 그릴 수 없습니다.</translation>
    </message>
    <message>
        <source>This picture cannot be drawn as it is set (%1).</source>
        <translation>지금 설정으로는 이 그림을 그릴 수 없습니다 (%1).</translation>
    </message>
    <message>
        <source>Change that value, then generate again.</source>
        <translation>그 값을 바꾼 뒤 다시 생성하세요.</translation>
    </message>
    <message>
        <source>A part of the model is missing.</source>
        <translation>모델의 일부가 없습니다.</translation>
    </message>
    <message>
        <source>Start Fuselight again with its set-up, which fetches what is missing.</source>
        <translation>설치 명령으로 Fuselight를 다시 시작하면 빠진 것을 내려받습니다.</translation>
    </message>
    <message>
        <source>This model is of a kind that this version cannot run.</source>
        <translation>이 버전에서 실행할 수 없는 종류의 모델입니다.</translation>
    </message>
    <message>
        <source>Choose another model, or update Fuselight.</source>
        <translation>다른 모델을 고르거나 Fuselight를 업데이트하세요.</translation>
    </message>
    <message>
        <source>A file is damaged and cannot be read.</source>
        <translation>파일이 손상되어 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>Use another copy of the file. This one was left as it is.</source>
        <translation>다른 사본을 쓰세요. 이 파일은 그대로 두었습니다.</translation>
    </message>
    <message>
        <source>This picture needs more memory than is free.</source>
        <translation>이 그림을 그리기에는 남은 메모리가 부족합니다.</translation>
    </message>
    <message>
        <source>This picture needs more memory than is free (%1).</source>
        <translation>이 그림을 그리기에는 남은 메모리가 부족합니다 (%1).</translation>
    </message>
    <message>
        <source>Choose a smaller size or fewer images at once, or close other programs.</source>
        <translation>크기나 한 번에 그리는 장수를 줄이거나 다른 프로그램을 닫으세요.</translation>
    </message>
    <message>
        <source>The graphics card cannot be used.</source>
        <translation>그래픽 카드를 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Check its driver, or draw on the processor.</source>
        <translation>드라이버를 확인하거나 프로세서로 그리세요.</translation>
    </message>
    <message>
        <source>A file could not be read or written.</source>
        <translation>파일을 읽거나 쓰지 못했습니다.</translation>
    </message>
    <message>
        <source>Check that the disk has room and the folder allows writing, then try again.</source>
        <translation>디스크에 공간이 있는지, 폴더에 쓸 수 있는지 확인한 뒤 다시 시도하세요.</translation>
    </message>
    <message>
        <source>Something went wrong inside Fuselight.</source>
        <translation>Fuselight 안에서 문제가 생겼습니다.</translation>
    </message>
    <message>
        <source>Try again. If it comes back, copy the details into a report.</source>
        <translation>다시 시도하세요. 같은 문제가 또 생기면 자세한 내용을 복사해 알려 주세요.</translation>
    </message>
    <message>
        <source>Fuselight does not know your taste yet, so it cannot choose the best of several candidates.</source>
        <translation>Fuselight가 아직 취향을 몰라 여러 후보 가운데 가장 좋은 것을 고를 수 없습니다.</translation>
    </message>
    <message>
        <source>Rate more pictures, or draw each image once.</source>
        <translation>그림에 별점을 더 주거나, 그림을 한 번씩만 그리세요.</translation>
    </message>
</context>
<context>
    <name>ui::FailedTile</name>
    <message>
        <source>Failed: %1</source>
        <translation>실패: %1</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>자세한 내용 복사</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>ui::Filmstrip</name>
    <message>
        <source>Filmstrip</source>
        <translation>필름스트립</translation>
    </message>
    <message>
        <source>Pictures, newest first</source>
        <translation>그림, 최신순</translation>
    </message>
</context>
<context>
    <name>ui::Fold</name>
    <message>
        <source>Unfolded</source>
        <translation>펼쳐짐</translation>
    </message>
    <message>
        <source>Folded</source>
        <translation>접힘</translation>
    </message>
</context>
<context>
    <name>ui::GalleryDelegate</name>
    <message>
        <source>File missing</source>
        <translation>파일 없음</translation>
    </message>
</context>
<context>
    <name>ui::GalleryModel</name>
    <message>
        <source>Drawn without a prompt</source>
        <translation>프롬프트 없이 그림</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <extracomment>A picture for screen readers: its prompt, its rating
----------
A picture for screen readers: what was said before, and what else is known of it</extracomment>
        <translation>%1, %2</translation>
    </message>
</context>
<context>
    <name>ui::Inspector</name>
    <message>
        <source>Drawn without a prompt</source>
        <translation>프롬프트 없이 그림</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>알 수 없음</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>속성</translation>
    </message>
    <message>
        <source>No picture chosen</source>
        <translation>고른 그림이 없습니다</translation>
    </message>
    <message>
        <source>Choose a picture to see how it was drawn and to use it again.</source>
        <translation>그림을 고르면 어떻게 그렸는지 보고 다시 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>네거티브 프롬프트</translation>
    </message>
    <message>
        <source>Drawn with</source>
        <translation>그린 설정</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>가이던스</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>만든 때</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Use again</source>
        <translation>다시 쓰기</translation>
    </message>
    <message>
        <source>Takes the prompt and every setting back into the prompt column (U)</source>
        <translation>프롬프트와 모든 설정을 프롬프트 열로 다시 가져옵니다 (U)</translation>
    </message>
    <message>
        <source>Use again, new seed</source>
        <translation>시드만 바꿔 다시 쓰기</translation>
    </message>
    <message>
        <source>The same prompt and settings, but the next picture will differ</source>
        <translation>프롬프트와 설정은 같지만 다음 그림은 달라집니다</translation>
    </message>
    <message>
        <source>Use this prompt</source>
        <translation>이 프롬프트 쓰기</translation>
    </message>
    <message>
        <source>Copy the prompt</source>
        <translation>프롬프트 복사</translation>
    </message>
    <message>
        <source>Use this size</source>
        <translation>이 크기 쓰기</translation>
    </message>
    <message>
        <source>Use this seed</source>
        <translation>이 시드 쓰기</translation>
    </message>
    <message>
        <source>Copy the seed</source>
        <translation>시드 복사</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Copy the file&apos;s path</source>
        <translation>파일 경로 복사</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>다른 이름으로 저장…</translation>
    </message>
    <message>
        <source>Saves a copy as PNG, WebP, TIFF or JPEG (E)</source>
        <translation>PNG, WebP, TIFF, JPEG로 사본을 저장합니다 (E)</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>샘플러</translation>
    </message>
    <message>
        <source>Added by you, without words</source>
        <translation>직접 추가한 그림, 설명 없음</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>What you would give it, as far as your answers tell</source>
        <translation>지금까지의 답으로 짐작한 별점</translation>
    </message>
    <message>
        <source>For it: %1</source>
        <translation>좋은 점: %1</translation>
    </message>
    <message>
        <source>Against it: %1</source>
        <translation>아쉬운 점: %1</translation>
    </message>
    <message>
        <source>What your answers say of pictures like this one, the strongest first</source>
        <translation>지금까지의 답으로 본 이런 그림에 대한 취향. 영향이 큰 것부터</translation>
    </message>
    <message>
        <source>Your taste</source>
        <translation>내 취향</translation>
    </message>
    <message>
        <source>Stars</source>
        <translation>별점</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>%1, an earlier version</source>
        <translation>%1, 이전 버전</translation>
    </message>
</context>
<context>
    <name>ui::JobText</name>
    <message>
        <source>Drawn without a prompt</source>
        <translation>프롬프트 없이 그림</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>대기 중</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <extracomment>%1: &quot;4 pictures&quot;, %2: &quot;12.3 s&quot;</extracomment>
        <translation>%1, %2 걸림</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>취소됨</translation>
    </message>
    <message>
        <source>%1 kept</source>
        <translation>%1 보관됨</translation>
    </message>
    <message>
        <source>about %1 s left</source>
        <translation>약 %1초 남음</translation>
    </message>
    <message>
        <source>about %1 min left</source>
        <translation>약 %1분 남음</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1초</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1분 %2초</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>1 picture</source>
        <translation>그림 1장</translation>
    </message>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>그림 %n장</numerusform>
        </translation>
    </message>
    <message>
        <source>best of %1</source>
        <extracomment>of candidates that are drawn, one is kept</extracomment>
        <translation>%1장 중 최고</translation>
    </message>
</context>
<context>
    <name>ui::LibraryFilterRow</name>
    <message>
        <source>%1 of %2</source>
        <translation>%2 중 %1</translation>
    </message>
    <message>
        <source>1 picture</source>
        <translation>그림 1장</translation>
    </message>
    <message>
        <source>%1 pictures</source>
        <translation>그림 %1장</translation>
    </message>
    <message>
        <source>Search prompts</source>
        <translation>프롬프트 검색</translation>
    </message>
    <message>
        <source>Pictures whose prompt has all of these words</source>
        <translation>이 낱말이 모두 든 프롬프트의 그림</translation>
    </message>
    <message>
        <source>At least</source>
        <translation>최소</translation>
    </message>
    <message>
        <source>At least this many stars</source>
        <translation>최소 별점</translation>
    </message>
    <message>
        <source>Show pictures with at least this many stars. Click the same star again to show all.</source>
        <translation>별점이 이 이상인 그림만 봅니다. 같은 별을 다시 누르면 모두 봅니다.</translation>
    </message>
    <message>
        <source>Next after rating</source>
        <translation>별점 준 뒤 다음으로</translation>
    </message>
    <message>
        <source>A key from 0 to 5 rates the picture and goes on to the next one.</source>
        <translation>0~5 키로 별점을 주면 다음 그림으로 넘어갑니다.</translation>
    </message>
    <message>
        <source>Size of the pictures</source>
        <translation>그림 크기</translation>
    </message>
    <message>
        <source>Best first</source>
        <translation>좋은 순</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>최신순</translation>
    </message>
    <message>
        <source>%1, picked</source>
        <translation>%1, 채택만</translation>
    </message>
    <message>
        <source>Order: %1</source>
        <translation>순서: %1</translation>
    </message>
    <message>
        <source>Best first (predicted)</source>
        <translation>좋은 순(예상)</translation>
    </message>
    <message>
        <source>Picked only</source>
        <translation>채택한 그림만</translation>
    </message>
    <message>
        <source>Predicted stars count, too</source>
        <translation>예상 별점도 포함</translation>
    </message>
    <message>
        <source>In which order, and which pictures. The order of the best is made anew when you come back here or choose it again.</source>
        <translation>어떤 순서로, 어떤 그림을 볼지 정합니다. 좋은 순은 여기로 돌아오거나 다시 고를 때 새로 매깁니다.</translation>
    </message>
</context>
<context>
    <name>ui::LibraryView</name>
    <message>
        <source>Pictures, newest first</source>
        <translation>그림, 최신순</translation>
    </message>
    <message>
        <source>No pictures yet</source>
        <translation>아직 그림이 없습니다</translation>
    </message>
    <message>
        <source>Everything you draw is kept here, newest first. Write a prompt in the studio and press Generate.</source>
        <translation>그린 그림은 모두 여기에 최신순으로 모입니다. 스튜디오에서 프롬프트를 쓰고 생성을 누르세요.</translation>
    </message>
    <message>
        <source>No picture matches</source>
        <translation>맞는 그림이 없습니다</translation>
    </message>
    <message>
        <source>Try fewer words or fewer stars.</source>
        <translation>낱말이나 별 수를 줄여 보세요.</translation>
    </message>
    <message>
        <source>Show all pictures</source>
        <translation>모든 그림 보기</translation>
    </message>
    <message>
        <source>Pictures, best first</source>
        <translation>그림, 좋은 순</translation>
    </message>
</context>
<context>
    <name>ui::LiveTile</name>
    <message>
        <source>Drawing: %1</source>
        <translation>그리는 중: %1</translation>
    </message>
    <message>
        <source>Now, +%1</source>
        <translation>지금, +%1</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>지금</translation>
    </message>
</context>
<context>
    <name>ui::LossLine</name>
    <message>
        <source>no value yet</source>
        <translation>아직 값 없음</translation>
    </message>
    <message>
        <source>Training loss: %1</source>
        <translation>학습 손실: %1</translation>
    </message>
    <message>
        <source>Training loss, now %1. It should fall.</source>
        <translation>학습 손실, 현재 %1. 점점 내려가야 합니다.</translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Fuselight did not end properly last time, so the queue is paused.</source>
        <translation>지난번에 Fuselight가 비정상으로 끝나 대기열을 멈춰 두었습니다.</translation>
    </message>
    <message>
        <source>Nothing was lost.</source>
        <translation>잃은 것은 없습니다.</translation>
    </message>
    <message>
        <source>Go on drawing</source>
        <translation>계속 그리기</translation>
    </message>
    <message>
        <source>Example prompt</source>
        <translation>예시 프롬프트</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>대기열</translation>
    </message>
    <message>
        <source>Empty the trash</source>
        <translation>휴지통 비우기</translation>
    </message>
    <message numerus="yes">
        <source>Empty the trash of %n picture(s)?</source>
        <translation>
            <numerusform>휴지통의 그림 %n장을 비울까요?</numerusform>
        </translation>
    </message>
    <message>
        <source>The files go to the desktop&apos;s own trash. Fuselight can no longer bring them back by undo.</source>
        <translation>파일은 바탕 화면의 휴지통으로 옮겨집니다. Fuselight에서는 더 이상 실행 취소로 되돌릴 수 없습니다.</translation>
    </message>
    <message>
        <source>Empty trash</source>
        <translation>휴지통 비우기</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) moved to the desktop&apos;s trash.</source>
        <translation>
            <numerusform>그림 %n장을 바탕 화면의 휴지통으로 옮겼습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>This is not a picture that Fuselight can read.</source>
        <translation>Fuselight가 읽을 수 있는 그림이 아닙니다.</translation>
    </message>
    <message>
        <source>Drop a PNG, WebP, TIFF or JPEG that Fuselight saved.</source>
        <translation>Fuselight가 저장한 PNG, WebP, TIFF, JPEG 파일을 끌어다 놓으세요.</translation>
    </message>
    <message>
        <source>Studio</source>
        <translation>스튜디오</translation>
    </message>
    <message>
        <source>The queue is paused, so this waits.</source>
        <translation>대기열이 멈춰 있어 차례를 기다립니다.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Choose the folder of a model</source>
        <translation>모델 폴더 고르기</translation>
    </message>
    <message>
        <source>Choose the folder of the text model</source>
        <translation>텍스트 모델 폴더 고르기</translation>
    </message>
</context>
<context>
    <name>ui::MessageStrip</name>
    <message>
        <source>Copy details</source>
        <translation>자세한 내용 복사</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>이 메시지 닫기</translation>
    </message>
</context>
<context>
    <name>ui::MixRow</name>
    <message>
        <source>Version %1</source>
        <translation>버전 %1</translation>
    </message>
    <message>
        <source>Mix with…</source>
        <translation>섞기…</translation>
    </message>
    <message>
        <source>Draws with two versions at once, each as strong as you like</source>
        <translation>두 버전을 함께 써서 그립니다. 각각의 세기를 정할 수 있습니다</translation>
    </message>
    <message>
        <source>Mixed with version %1</source>
        <translation>버전 %1과(와) 섞음</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>Strength of version %1 in the mix</source>
        <translation>섞인 버전 %1의 세기</translation>
    </message>
    <message>
        <source>From 0 to 200 %; at 0 % it is left out</source>
        <translation>0~200%. 0%이면 쓰지 않습니다</translation>
    </message>
    <message>
        <source>Take version %1 out of the mix</source>
        <translation>버전 %1을(를) 섞지 않기</translation>
    </message>
</context>
<context>
    <name>ui::ModelButton</name>
    <message>
        <source>Loading the model</source>
        <translation>모델을 불러오는 중</translation>
    </message>
    <message>
        <source>after this picture</source>
        <translation>이 그림이 끝난 뒤</translation>
    </message>
    <message>
        <source>You can already write and generate: it draws as soon as the model is there.</source>
        <translation>지금도 쓰고 생성할 수 있습니다. 모델이 준비되는 대로 그립니다.</translation>
    </message>
    <message>
        <source>on the graphics card</source>
        <translation>그래픽 카드에서</translation>
    </message>
    <message>
        <source>on the processor</source>
        <translation>프로세서에서</translation>
    </message>
    <message>
        <source>%1, %2
Draws %3 best
Click to choose another model</source>
        <translation>%1, %2
%3 크기를 가장 잘 그립니다
누르면 다른 모델을 고를 수 있습니다</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>모델 없음</translation>
    </message>
    <message>
        <source>The model could not be loaded. What you generate waits in the queue.</source>
        <translation>모델을 불러오지 못했습니다. 생성한 것은 대기열에서 기다립니다.</translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation>모델: %1</translation>
    </message>
    <message>
        <source>Model: %1, %2</source>
        <translation>모델: %1, %2</translation>
    </message>
    <message>
        <source>Opens the list of models</source>
        <translation>모델 목록을 엽니다</translation>
    </message>
</context>
<context>
    <name>ui::ModelCard</name>
    <message>
        <source>After this picture</source>
        <translation>이 그림이 끝난 뒤</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <translation>불러오는 중 %1</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>불러오는 중</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>없어짐</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>사용 중</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>쓸 수 없음</translation>
    </message>
    <message>
        <source>%1 a picture</source>
        <translation>그림 한 장에 %1</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>모델을 불러오는 중</translation>
    </message>
    <message>
        <source>Its folder is not there. As soon as it is back, the model can be used again.</source>
        <translation>폴더가 없습니다. 폴더가 돌아오면 이 모델을 다시 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>Open. Enter uses the model, Delete takes it off the list.</source>
        <translation>펼쳐져 있습니다. Enter로 이 모델을 쓰고, Delete로 목록에서 뺍니다.</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>접혀 있습니다</translation>
    </message>
    <message>
        <source>Built as</source>
        <translation>구조</translation>
    </message>
    <message>
        <source>Reads with</source>
        <translation>글 읽기</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>디스크</translation>
    </message>
    <message>
        <source>Draws best</source>
        <translation>맞는 크기</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>A picture</source>
        <translation>그림 한 장</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <source>Identity</source>
        <translation>식별값</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>Open the licence</source>
        <translation>라이선스 열기</translation>
    </message>
    <message>
        <source>Copy the identity</source>
        <translation>식별값 복사</translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>폴더 보기</translation>
    </message>
    <message>
        <source>Its weights are in the folder of the model</source>
        <translation>가중치가 모델 폴더 안에 있습니다</translation>
    </message>
    <message>
        <source>with transparency</source>
        <translation>투명 배경 있음</translation>
    </message>
    <message>
        <source>without transparency</source>
        <translation>투명 배경 없음</translation>
    </message>
    <message>
        <source>%1 steps, guidance %2, prompts of up to %3 tokens</source>
        <translation>%1단계, 가이던스 %2, 프롬프트는 최대 %3토큰</translation>
    </message>
    <message>
        <source>%1 for its weights, %2 while it draws a picture</source>
        <translation>가중치에 %1, 그림을 그리는 동안 %2</translation>
    </message>
    <message>
        <source>Judged by the last pictures drawn on this machine</source>
        <translation>이 컴퓨터에서 최근에 그린 그림으로 어림했습니다</translation>
    </message>
    <message>
        <source>Reading the files, %1</source>
        <translation>파일을 읽는 중, %1</translation>
    </message>
    <message>
        <source>Not known yet</source>
        <translation>아직 모름</translation>
    </message>
    <message>
        <source>SHA-256 over everything that decides its pictures: %1</source>
        <translation>그림을 결정하는 모든 파일의 SHA-256: %1</translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation>이 모델 쓰기</translation>
    </message>
    <message>
        <source>Loads it in the place of the present model (Enter)</source>
        <translation>지금 모델 대신 불러옵니다 (Enter)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>불러오기 취소</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>목록에서 빼기</translation>
    </message>
    <message>
        <source>No file is deleted (Delete)</source>
        <translation>파일은 지우지 않습니다 (Delete)</translation>
    </message>
    <message>
        <source>Choose its text model…</source>
        <translation>텍스트 모델 고르기…</translation>
    </message>
    <message>
        <source>The language model that this model reads prompts with</source>
        <translation>이 모델이 프롬프트를 읽을 때 쓰는 언어 모델입니다</translation>
    </message>
</context>
<context>
    <name>ui::ModelMessages</name>
    <message>
        <source>Choose the folder that holds model_index.json, transformer and vae.</source>
        <translation>model_index.json과 transformer, vae가 들어 있는 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>Add a model…</source>
        <translation>모델 추가…</translation>
    </message>
    <message>
        <source>%1 was not loaded. %2</source>
        <translation>%1 모델을 불러오지 못했습니다. %2</translation>
    </message>
    <message>
        <source>%1 is still there.</source>
        <translation>%1 모델은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>What you generate waits in the queue.</source>
        <translation>생성한 것은 대기열에서 기다립니다.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>%1 was used last but cannot be loaded. %2</source>
        <translation>마지막에 쓴 %1 모델을 불러올 수 없습니다. %2</translation>
    </message>
    <message>
        <source>%1 takes its place.</source>
        <translation>%1 모델이 대신합니다.</translation>
    </message>
    <message>
        <source>%1 is off the list.</source>
        <translation>%1 모델을 목록에서 뺐습니다.</translation>
    </message>
    <message>
        <source>Its files stay where they are.</source>
        <translation>파일은 제자리에 남아 있습니다.</translation>
    </message>
    <message>
        <source>Put it back</source>
        <translation>다시 넣기</translation>
    </message>
    <message>
        <source>This picture was drawn by %1.</source>
        <translation>이 그림은 %1 모델로 그렸습니다.</translation>
    </message>
    <message>
        <source>Another model draws another picture.</source>
        <translation>다른 모델은 다른 그림을 그립니다.</translation>
    </message>
    <message>
        <source>Switch to %1</source>
        <translation>%1 모델로 바꾸기</translation>
    </message>
    <message>
        <source>This picture was drawn by %1, which cannot be used now. %2</source>
        <translation>이 그림은 %1 모델로 그렸는데 지금은 쓸 수 없습니다. %2</translation>
    </message>
    <message>
        <source>This picture was drawn by a model that is not known here (%1…).</source>
        <translation>이 그림은 여기서 모르는 모델(%1…)로 그렸습니다.</translation>
    </message>
    <message>
        <source>This picture was drawn by %1, which is not in the list any more.</source>
        <translation>이 그림은 %1 모델로 그렸는데 이제 목록에 없습니다.</translation>
    </message>
    <message>
        <source>The version there is now draws another picture.</source>
        <translation>지금 있는 버전은 다른 그림을 그립니다.</translation>
    </message>
</context>
<context>
    <name>ui::Models</name>
    <message>
        <source>text model %1</source>
        <translation>텍스트 모델 %1</translation>
    </message>
    <message>
        <source>CLIP %1</source>
        <translation>CLIP %1</translation>
    </message>
    <message>
        <source>transformer %1</source>
        <translation>트랜스포머 %1</translation>
    </message>
    <message>
        <source>autoencoder %1</source>
        <translation>오토인코더 %1</translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation>%1GB</translation>
    </message>
    <message>
        <source>%1 MB</source>
        <translation>%1MB</translation>
    </message>
    <message>
        <source>%1 KB</source>
        <translation>%1KB</translation>
    </message>
    <message>
        <source>%1 billion parameters</source>
        <translation>매개변수 %1B개</translation>
    </message>
    <message>
        <source>%1 million parameters</source>
        <translation>매개변수 %1M개</translation>
    </message>
    <message>
        <source>%1 layers of %2</source>
        <translation>%2 너비 %1층</translation>
    </message>
    <message>
        <source>Attention %1, positions %2, timestep %3</source>
        <translation>어텐션 %1, 위치 %2, 타임스텝 %3</translation>
    </message>
    <message>
        <source>%1 million</source>
        <extracomment>%1: &quot;text model 268, transformer 120, autoencoder 4&quot;</extracomment>
        <translation>%1 (백만 개)</translation>
    </message>
    <message>
        <source>On the graphics card</source>
        <translation>그래픽 카드</translation>
    </message>
    <message>
        <source>On the processor</source>
        <translation>프로세서</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>약 %1</translation>
    </message>
    <message>
        <source>about %1 of %2 free</source>
        <translation>약 %1 (남은 메모리 %2)</translation>
    </message>
    <message>
        <source>Not known before the first picture</source>
        <translation>첫 그림을 그리기 전에는 알 수 없음</translation>
    </message>
    <message>
        <source>about %1 s</source>
        <translation>약 %1초</translation>
    </message>
    <message>
        <source>about %1 min</source>
        <translation>약 %1분</translation>
    </message>
    <message>
        <source>There is no model in %1.</source>
        <translation>%1 폴더에 모델이 없습니다.</translation>
    </message>
    <message>
        <source>A file is missing: %1</source>
        <translation>파일이 없습니다: %1</translation>
    </message>
    <message>
        <source>This version cannot run it: %1</source>
        <translation>이 버전에서는 실행할 수 없습니다: %1</translation>
    </message>
    <message>
        <source>A file does not fit or is damaged: %1</source>
        <translation>파일이 맞지 않거나 손상되었습니다: %1</translation>
    </message>
    <message>
        <source>There is not enough memory: %1</source>
        <translation>메모리가 모자랍니다: %1</translation>
    </message>
    <message>
        <source>A file could not be read: %1</source>
        <translation>파일을 읽지 못했습니다: %1</translation>
    </message>
    <message>
        <source>The graphics card cannot be used: %1</source>
        <translation>그래픽 카드를 쓸 수 없습니다: %1</translation>
    </message>
    <message>
        <source>It cannot be used: %1</source>
        <translation>쓸 수 없습니다: %1</translation>
    </message>
    <message>
        <source>about %1, more than the %2 that are free: the rest is read from disk, which takes longer</source>
        <translation>약 %1, 비어 있는 %2보다 많음: 나머지는 디스크에서 읽으므로 더 오래 걸립니다</translation>
    </message>
    <message>
        <source>an earlier version of %1</source>
        <translation>%1 이전 버전</translation>
    </message>
    <message>
        <source>a model that is not known here</source>
        <translation>여기서 모르는</translation>
    </message>
</context>
<context>
    <name>ui::ModelsPanel</name>
    <message>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Add a model…</source>
        <translation>모델 추가…</translation>
    </message>
    <message>
        <source>Choose the folder of a FuseDiT pipeline; it stays where it is</source>
        <translation>FuseDiT 파이프라인 폴더를 고르세요. 폴더는 제자리에 남습니다</translation>
    </message>
    <message>
        <source>To draw with another FuseDiT model, add its folder, or drag it onto the window.</source>
        <translation>다른 FuseDiT 모델로 그리려면 폴더를 추가하거나 창으로 끌어 놓으세요.</translation>
    </message>
</context>
<context>
    <name>ui::ParameterPanel</name>
    <message>
        <source>%1 steps, guidance %2</source>
        <translation>%1단계, 가이던스 %2</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>장수</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n장</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Draw %n image(s) at a time, each from its own seed</source>
        <translation>
            <numerusform>한 번에 %n장을 저마다 다른 시드로 그립니다</numerusform>
        </translation>
    </message>
    <message>
        <source>Number of images</source>
        <translation>그림 장수</translation>
    </message>
    <message>
        <source>How many pictures one Generate draws, 1 to %1.
Drag, scroll or type; double-click for 1.</source>
        <translation>한 번 생성할 때 그리는 장수, 1~%1.
끌기, 휠, 입력으로 바꾸고 두 번 누르면 1이 됩니다.</translation>
    </message>
    <message>
        <source>Fine-tune</source>
        <translation>세부 조정</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>How long the model works on a picture, 1 to %1.
Fewer is faster and rougher; past 40 little changes.
Drag, scroll or type; double-click for the model&apos;s own.</source>
        <translation>모델이 그림 한 장에 들이는 공, 1~%1.
적으면 빠르고 거칠며, 40을 넘으면 거의 달라지지 않습니다.
끌기, 휠, 입력으로 바꾸고 두 번 누르면 모델의 기본값이 됩니다.</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>가이던스</translation>
    </message>
    <message>
        <source>How strictly to follow the prompt, 0 to %1.
Low is freer, high is literal and may look harsh; at 1 the negative prompt is not used.
Drag, scroll or type; double-click for the model&apos;s own.</source>
        <translation>프롬프트를 얼마나 엄격히 따를지, 0~%1.
낮으면 자유롭고, 높으면 글자 그대로지만 거칠어 보일 수 있습니다. 1이면 네거티브 프롬프트를 쓰지 않습니다.
끌기, 휠, 입력으로 바꾸고 두 번 누르면 모델의 기본값이 됩니다.</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>샘플러</translation>
    </message>
    <message>
        <source>How the model walks from noise to picture. Euler is what models are tuned with;
Multistep is as good in about half the steps; Heun takes twice as long for each step.</source>
        <translation>노이즈에서 그림까지 가는 방법입니다. 모델은 오일러에 맞춰져 있습니다.
멀티스텝은 절반쯤의 스텝으로도 그만큼 좋고, 호인은 한 스텝이 두 배 걸립니다.</translation>
    </message>
    <message>
        <source>Draws several candidates for each image and keeps the one you would like best.</source>
        <translation>그림마다 후보를 여러 장 그려 가장 마음에 들 것을 남깁니다.</translation>
    </message>
    <message numerus="yes">
        <source>Fuselight does not know your taste yet: rate %n more picture(s).</source>
        <translation>
            <numerusform>Fuselight가 아직 취향을 모릅니다. 그림 %n장에 더 별점을 주세요.</numerusform>
        </translation>
    </message>
    <message>
        <source>Fuselight does not know your taste yet: your ratings so far do not foretell each other. Rate more pictures.</source>
        <translation>Fuselight가 아직 취향을 모릅니다. 지금까지의 별점으로는 서로를 짐작할 수 없습니다. 그림에 별점을 더 주세요.</translation>
    </message>
    <message>
        <source>Draw each image once and keep it</source>
        <translation>그림마다 한 번만 그려 그대로 남깁니다</translation>
    </message>
    <message>
        <source>For each image draw %1 candidates and keep the one you would like best, as far as your ratings tell.
The weaker half is given up on the way: it takes less than %1 times as long.</source>
        <translation>그림마다 후보를 %1장 그려, 별점으로 보아 가장 마음에 들 것을 남깁니다.
못한 절반은 도중에 그만두므로 시간은 %1배보다 적게 걸립니다.</translation>
    </message>
    <message>
        <source>Best of</source>
        <translation>최고 고르기</translation>
    </message>
    <message>
        <source>No choice: keep what is drawn</source>
        <translation>고르지 않고 그린 대로 남기기</translation>
    </message>
    <message>
        <source>Best of %1</source>
        <translation>%1장 중 최고</translation>
    </message>
</context>
<context>
    <name>ui::PickCommand</name>
    <message>
        <source>Pick</source>
        <translation>채택</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>Take pick back</source>
        <translation>채택 표시 지우기</translation>
    </message>
</context>
<context>
    <name>ui::PictureFiles</name>
    <message numerus="yes">
        <source>Save %n picture(s) in a folder</source>
        <translation>
            <numerusform>그림 %n장을 폴더에 저장</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation>%1(으)로 저장했습니다.</translation>
    </message>
    <message numerus="yes">
        <source>Saved %n picture(s).</source>
        <translation>
            <numerusform>그림 %n장을 저장했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>No file manager answered.</source>
        <translation>파일 관리자가 응답하지 않습니다.</translation>
    </message>
    <message>
        <source>The folder is %1.</source>
        <translation>폴더는 %1입니다.</translation>
    </message>
    <message>
        <source>Take settings from picture</source>
        <translation>그림에서 설정 가져오기</translation>
    </message>
    <message>
        <source>Pictures (*.png *.webp *.tiff *.tif *.jpg *.jpeg)</source>
        <translation>그림 (*.png *.webp *.tiff *.tif *.jpg *.jpeg)</translation>
    </message>
    <message>
        <source>Prompt and settings taken from %1.</source>
        <translation>%1에서 프롬프트와 설정을 가져왔습니다.</translation>
    </message>
    <message>
        <source>Undo brings the earlier ones back.</source>
        <translation>실행 취소하면 이전 것으로 돌아갑니다.</translation>
    </message>
    <message>
        <source>%1 carries no prompt.</source>
        <translation>%1에는 프롬프트가 들어 있지 않습니다.</translation>
    </message>
    <message>
        <source>Only pictures that Fuselight saved bring their settings back.</source>
        <translation>Fuselight가 저장한 그림에서만 설정을 가져올 수 있습니다.</translation>
    </message>
    <message>
        <source>%1 is damaged or not a picture.</source>
        <translation>%1이(가) 손상되었거나 그림이 아닙니다.</translation>
    </message>
    <message>
        <source>Try another copy of it.</source>
        <translation>다른 사본으로 해 보세요.</translation>
    </message>
    <message>
        <source>This picture is no longer in the library.</source>
        <translation>이 그림은 이제 라이브러리에 없습니다.</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>다른 그림을 고르세요.</translation>
    </message>
    <message>
        <source>Choose pictures</source>
        <translation>그림 고르기</translation>
    </message>
    <message numerus="yes">
        <source>Added %n picture(s).</source>
        <translation>
            <numerusform>그림 %n장을 추가했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo takes them out again.</source>
        <translation>실행 취소하면 다시 빠집니다.</translation>
    </message>
    <message>
        <source>Damaged, too large or not a picture: %1.</source>
        <translation>손상되었거나 너무 크거나 그림이 아님: %1.</translation>
    </message>
    <message>
        <source>Could not be added: %1. %2</source>
        <translation>추가하지 못함: %1. %2</translation>
    </message>
    <message>
        <source>Add to the library…</source>
        <translation>라이브러리에 추가…</translation>
    </message>
</context>
<context>
    <name>ui::ProgressPlate</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Stop drawing (Esc)</source>
        <translation>그리기 멈추기 (Esc)</translation>
    </message>
</context>
<context>
    <name>ui::PromptEditor</name>
    <message>
        <source>Prompt</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>Earlier prompts</source>
        <translation>이전 프롬프트</translation>
    </message>
    <message>
        <source>Describe a picture…</source>
        <translation>그리고 싶은 것을 적어 보세요…</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>네거티브 프롬프트</translation>
    </message>
    <message>
        <source>What should not be there</source>
        <translation>나오지 않았으면 하는 것</translation>
    </message>
    <message>
        <source>Has no effect while guidance is 1</source>
        <translation>가이던스가 1이면 효과가 없습니다</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>사용 중</translation>
    </message>
</context>
<context>
    <name>ui::QueueButton</name>
    <message>
        <source>Queue, paused</source>
        <translation>대기열, 멈춤</translation>
    </message>
    <message>
        <source>Queue, nothing to do</source>
        <translation>대기열, 할 일 없음</translation>
    </message>
    <message>
        <source>Queue, 1 job</source>
        <translation>대기열, 작업 1개</translation>
    </message>
    <message numerus="yes">
        <source>Queue, %n jobs</source>
        <translation>
            <numerusform>대기열, 작업 %n개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::QueueDelegate</name>
    <message>
        <source>Drawing</source>
        <translation>그리는 중</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>대기 중</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>자세한 내용 복사</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>목록에서 지우기</translation>
    </message>
    <message>
        <source>Load its model and draw</source>
        <translation>모델을 불러와 그리기</translation>
    </message>
    <message>
        <source>Draw with the version there is now</source>
        <translation>지금 있는 버전으로 그리기</translation>
    </message>
</context>
<context>
    <name>ui::QueueList</name>
    <message>
        <source>Jobs</source>
        <translation>작업</translation>
    </message>
    <message>
        <source>Earlier	Ctrl+Up</source>
        <translation>앞으로	Ctrl+Up</translation>
    </message>
    <message>
        <source>Later	Ctrl+Down</source>
        <translation>뒤로	Ctrl+Down</translation>
    </message>
    <message>
        <source>Nothing to do. Every Generate adds a job here; add as many as you like and they run one after the other.</source>
        <translation>할 일이 없습니다. 생성을 누를 때마다 작업이 여기에 더해지고 차례로 그려집니다.</translation>
    </message>
</context>
<context>
    <name>ui::QueueModel</name>
    <message>
        <source>Waits for %1 to be loaded</source>
        <translation>%1 모델을 불러오기를 기다립니다</translation>
    </message>
    <message>
        <source>Waits for %1, which is not there now</source>
        <translation>지금 없는 %1 모델을 기다립니다</translation>
    </message>
    <message>
        <source>Without your taste, to compare</source>
        <translation>취향 없이, 비교용</translation>
    </message>
    <message>
        <source>With your taste, to compare</source>
        <translation>취향을 담아, 비교용</translation>
    </message>
    <message>
        <source>Was meant for %1</source>
        <translation>%1 모델로 그리려던 작업</translation>
    </message>
</context>
<context>
    <name>ui::QueuePanel</name>
    <message>
        <source>Queue</source>
        <translation>대기열</translation>
    </message>
    <message>
        <source>Resume the queue</source>
        <translation>대기열 다시 시작</translation>
    </message>
    <message>
        <source>Pause after the running job</source>
        <translation>지금 작업을 마치고 멈추기</translation>
    </message>
    <message>
        <source>Fuselight did not close by itself last time, so the queue waits for you. Nothing was lost.</source>
        <translation>지난번에 Fuselight가 비정상으로 끝나 대기열이 기다리고 있습니다. 잃은 것은 없습니다.</translation>
    </message>
    <message>
        <source>The queue is paused. Nothing new starts until you resume it.</source>
        <translation>대기열이 멈춰 있습니다. 다시 시작할 때까지 새 작업을 그리지 않습니다.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>다시 시작</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>모두 취소</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>완료된 작업 지우기</translation>
    </message>
    <message>
        <source>Takes finished jobs off this list. Their pictures stay in the library.</source>
        <translation>완료된 작업을 목록에서 지웁니다. 그림은 라이브러리에 남습니다.</translation>
    </message>
</context>
<context>
    <name>ui::RateCommand</name>
    <message>
        <source>Take rating back</source>
        <translation>별점 지우기</translation>
    </message>
    <message>
        <source>Rate 1 star</source>
        <translation>별점 1개</translation>
    </message>
    <message numerus="yes">
        <source>Rate %n stars</source>
        <translation>
            <numerusform>별점 %n개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Rating</name>
    <message>
        <source>Not rated</source>
        <translation>별점 없음</translation>
    </message>
    <message>
        <source>1 star</source>
        <translation>별 1개</translation>
    </message>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>별 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>Picked</source>
        <translation>채택함</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>제외함</translation>
    </message>
    <message>
        <source>Predicted %1 ± %2 stars</source>
        <extracomment>%1: what the user would give, such as 4.2; %2: how far off that may be, such as 0.6</extracomment>
        <translation>예상 별점 %1 ± %2</translation>
    </message>
</context>
<context>
    <name>ui::RatingWidget</name>
    <message>
        <source>Rating</source>
        <translation>별점</translation>
    </message>
    <message>
        <source>Rate with a click or the keys 0 to 5. Click the same star again to take the rating back.</source>
        <translation>클릭하거나 0~5 키로 별점을 줍니다. 같은 별을 다시 누르면 별점이 지워집니다.</translation>
    </message>
</context>
<context>
    <name>ui::SamplerText</name>
    <message>
        <source>Euler</source>
        <translation>오일러</translation>
    </message>
    <message>
        <source>Heun</source>
        <translation>호인</translation>
    </message>
    <message>
        <source>Multistep</source>
        <translation>멀티스텝</translation>
    </message>
</context>
<context>
    <name>ui::SaveDialog</name>
    <message>
        <source>PNG, keeps transparency (*.png)</source>
        <translation>PNG, 투명도 유지 (*.png)</translation>
    </message>
    <message>
        <source>WebP, small (*.webp)</source>
        <translation>WebP, 작은 파일 (*.webp)</translation>
    </message>
    <message>
        <source>TIFF, for print (*.tiff *.tif)</source>
        <translation>TIFF, 인쇄용 (*.tiff *.tif)</translation>
    </message>
    <message>
        <source>JPEG, no transparency (*.jpg *.jpeg)</source>
        <translation>JPEG, 투명도 없음 (*.jpg *.jpeg)</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>다른 이름으로 저장</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>저장</translation>
    </message>
    <message>
        <source>Behind transparent parts</source>
        <translation>투명한 부분의 배경색</translation>
    </message>
    <message>
        <source>White</source>
        <translation>흰색</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>검은색</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>회색</translation>
    </message>
    <message>
        <source>Another colour…</source>
        <translation>다른 색…</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>품질</translation>
    </message>
    <message>
        <source>1 to 100: higher keeps more and makes a larger file. WebP at 100 loses nothing.</source>
        <translation>1~100: 높을수록 원본에 가깝고 파일이 커집니다. WebP는 100이면 손실이 없습니다.</translation>
    </message>
</context>
<context>
    <name>ui::SeedField</name>
    <message>
        <source>Locked: every Generate starts from this seed</source>
        <translation>잠김: 생성할 때마다 이 시드로 시작합니다</translation>
    </message>
    <message>
        <source>Not locked: every Generate draws a new seed</source>
        <translation>열림: 생성할 때마다 새 시드를 뽑습니다</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>The number a picture starts from. The same seed with the same settings gives the same picture.
0 to 18,446,744,073,709,551,615.</source>
        <translation>그림이 시작되는 숫자입니다. 시드와 설정이 같으면 같은 그림이 나옵니다.
0~18,446,744,073,709,551,615.</translation>
    </message>
    <message>
        <source>Lock the seed</source>
        <translation>시드 잠그기</translation>
    </message>
    <message>
        <source>Roll a new seed</source>
        <translation>새 시드 뽑기</translation>
    </message>
</context>
<context>
    <name>ui::SettingsPopover</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>그림 %n장</numerusform>
        </translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>비어 있음</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>화면 모드</translation>
    </message>
    <message>
        <source>System</source>
        <translation>시스템</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>바탕 화면 설정에 따름</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Light chrome, light grey canvas</source>
        <translation>밝은 화면, 밝은 회색 캔버스</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>Dark chrome, dark grey canvas</source>
        <translation>어두운 화면, 어두운 회색 캔버스</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <source>The language of the studio. Prompts may be in any language.</source>
        <translation>스튜디오의 언어입니다. 프롬프트는 어떤 언어로 써도 됩니다.</translation>
    </message>
    <message>
        <source>Pictures are kept in</source>
        <translation>그림 저장 폴더</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Open the picture folder</source>
        <translation>그림 폴더 열기</translation>
    </message>
    <message>
        <source>Show the picture folder in the file manager</source>
        <translation>파일 관리자에서 그림 폴더를 봅니다</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>휴지통</translation>
    </message>
    <message>
        <source>Empty…</source>
        <translation>비우기…</translation>
    </message>
    <message>
        <source>Empty the trash</source>
        <translation>휴지통 비우기</translation>
    </message>
    <message>
        <source>Hand deleted pictures to the desktop&apos;s trash</source>
        <translation>삭제한 그림을 바탕 화면의 휴지통으로 넘깁니다</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>키보드 단축키</translation>
    </message>
    <message>
        <source>About</source>
        <translation>정보</translation>
    </message>
    <message>
        <source>About Fuselight</source>
        <translation>Fuselight 정보</translation>
    </message>
</context>
<context>
    <name>ui::ShortcutWindow</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>키보드 단축키</translation>
    </message>
    <message>
        <source> or </source>
        <translation> 또는 </translation>
    </message>
</context>
<context>
    <name>ui::SizePicker</name>
    <message>
        <source>%1 to %2 pixels, in steps of %1. Drag, scroll or type; double-click for the model&apos;s own size.</source>
        <translation>%1~%2픽셀, %1픽셀 단위. 끌기, 휠, 입력으로 바꾸고 두 번 누르면 모델의 기본 크기가 됩니다.</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>너비</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>높이</translation>
    </message>
    <message>
        <source>Swap width and height</source>
        <translation>너비와 높이 바꾸기</translation>
    </message>
    <message>
        <source>A size the model was trained on: the surest result.</source>
        <translation>모델이 학습한 크기라 결과가 가장 안정적입니다.</translation>
    </message>
    <message>
        <source>Another shape with about as many pixels. The model draws its own size best.</source>
        <translation>픽셀 수가 비슷한 다른 비율입니다. 모델은 자기 크기에서 가장 잘 그립니다.</translation>
    </message>
    <message>
        <source>Size %1 by %2</source>
        <translation>크기 %1 × %2</translation>
    </message>
</context>
<context>
    <name>ui::StatisticText</name>
    <message>
        <source>Bright</source>
        <translation>밝은 그림</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어두운 그림</translation>
    </message>
    <message>
        <source>Strong contrast</source>
        <translation>강한 대비</translation>
    </message>
    <message>
        <source>Soft contrast</source>
        <translation>부드러운 대비</translation>
    </message>
    <message>
        <source>Warm colours</source>
        <translation>따뜻한 색</translation>
    </message>
    <message>
        <source>Cool colours</source>
        <translation>차가운 색</translation>
    </message>
    <message>
        <source>A green tint</source>
        <translation>초록빛</translation>
    </message>
    <message>
        <source>A magenta tint</source>
        <translation>자홍빛</translation>
    </message>
    <message>
        <source>Colourful</source>
        <translation>다채로운 색</translation>
    </message>
    <message>
        <source>Few colours</source>
        <translation>적은 색</translation>
    </message>
    <message>
        <source>Saturated colours</source>
        <translation>선명한 색</translation>
    </message>
    <message>
        <source>Muted colours</source>
        <translation>차분한 색</translation>
    </message>
    <message>
        <source>Much detail</source>
        <translation>많은 디테일</translation>
    </message>
    <message>
        <source>Little detail</source>
        <translation>적은 디테일</translation>
    </message>
    <message>
        <source>Fine texture</source>
        <translation>고운 질감</translation>
    </message>
    <message>
        <source>Broad shapes</source>
        <translation>큼직한 형태</translation>
    </message>
    <message>
        <source>Upright lines</source>
        <translation>세로선</translation>
    </message>
    <message>
        <source>Level lines</source>
        <translation>가로선</translation>
    </message>
    <message>
        <source>Much empty ground</source>
        <translation>넓은 여백</translation>
    </message>
    <message>
        <source>A filled picture</source>
        <translation>가득 찬 그림</translation>
    </message>
    <message>
        <source>Left and right alike</source>
        <translation>좌우 대칭</translation>
    </message>
    <message>
        <source>Left and right different</source>
        <translation>좌우 비대칭</translation>
    </message>
    <message>
        <source>Top and bottom alike</source>
        <translation>상하 대칭</translation>
    </message>
    <message>
        <source>Top and bottom different</source>
        <translation>상하 비대칭</translation>
    </message>
    <message>
        <source>Reaching to the edges</source>
        <translation>가장자리까지 퍼진 구성</translation>
    </message>
    <message>
        <source>Gathered in the middle</source>
        <translation>가운데로 모인 구성</translation>
    </message>
    <message>
        <source>A full ground</source>
        <translation>배경이 있는 그림</translation>
    </message>
    <message>
        <source>Cut out, without a ground</source>
        <translation>배경 없이 오려 낸 그림</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>빨강</translation>
    </message>
    <message>
        <source>Little red</source>
        <translation>빨강이 적음</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>주황</translation>
    </message>
    <message>
        <source>Little orange</source>
        <translation>주황이 적음</translation>
    </message>
    <message>
        <source>Yellow green</source>
        <translation>연두</translation>
    </message>
    <message>
        <source>Little yellow green</source>
        <translation>연두가 적음</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>초록</translation>
    </message>
    <message>
        <source>Little green</source>
        <translation>초록이 적음</translation>
    </message>
    <message>
        <source>Turquoise</source>
        <translation>청록</translation>
    </message>
    <message>
        <source>Little turquoise</source>
        <translation>청록이 적음</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>파랑</translation>
    </message>
    <message>
        <source>Little blue</source>
        <translation>파랑이 적음</translation>
    </message>
    <message>
        <source>Violet</source>
        <translation>보라</translation>
    </message>
    <message>
        <source>Little violet</source>
        <translation>보라가 적음</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>분홍</translation>
    </message>
    <message>
        <source>Little pink</source>
        <translation>분홍이 적음</translation>
    </message>
</context>
<context>
    <name>ui::StrengthDial</name>
    <message>
        <source>Taste</source>
        <translation>취향</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>How much of your taste goes into the next picture, from 0 to 200 %. At 0 % the model draws as it came; a double click brings 100 % back.</source>
        <translation>다음 그림에 취향을 얼마나 담을지 0~200%로 정합니다. 0%에서는 원래 모델 그대로 그립니다. 두 번 클릭하면 100%로 돌아갑니다.</translation>
    </message>
    <message>
        <source>Strength of your taste</source>
        <translation>취향의 세기</translation>
    </message>
    <message>
        <source>Your taste waits for the model that it was learned on. Your answers are all still here, and it can be learned for this model.</source>
        <translation>취향은 배운 모델을 기다립니다. 답변은 모두 그대로 있으며, 이 모델로 다시 배울 수 있습니다.</translation>
    </message>
    <message>
        <source>Learned on another model</source>
        <translation>다른 모델로 배운 취향</translation>
    </message>
    <message>
        <source>Learn again</source>
        <translation>다시 배우기</translation>
    </message>
    <message>
        <source>Learn your taste again</source>
        <translation>취향 다시 배우기</translation>
    </message>
</context>
<context>
    <name>ui::StudioCanvas</name>
    <message>
        <source>This picture cannot be shown</source>
        <translation>이 그림을 표시할 수 없습니다</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>다른 이름으로 저장…</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>그림 복사</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>휴지통으로 이동</translation>
    </message>
    <message>
        <source>Canvas</source>
        <translation>캔버스</translation>
    </message>
</context>
<context>
    <name>ui::TasteController</name>
    <message>
        <source>My taste</source>
        <translation>내 취향</translation>
    </message>
    <message>
        <source>there are too few ratings</source>
        <translation>평가가 너무 적습니다</translation>
    </message>
    <message>
        <source>all ratings are the same</source>
        <translation>모든 평가가 같습니다</translation>
    </message>
    <message>
        <source>almost all pictures are liked, or almost none: rate some of the other kind</source>
        <translation>거의 모든 그림을 좋아하거나 거의 좋아하지 않습니다. 반대쪽도 평가해 보세요</translation>
    </message>
    <message>
        <source>no pattern can be seen in the ratings yet</source>
        <translation>평가에서 아직 규칙을 찾을 수 없습니다</translation>
    </message>
    <message>
        <source>it did not win clearly enough</source>
        <translation>충분히 확실하게 이기지 못했습니다</translation>
    </message>
    <message>
        <source>it followed prompts less well</source>
        <translation>프롬프트를 덜 잘 따랐습니다</translation>
    </message>
    <message>
        <source>its pictures were too much alike</source>
        <translation>그림들이 서로 너무 비슷했습니다</translation>
    </message>
    <message>
        <source>it drew worse pictures</source>
        <translation>그림의 질이 떨어졌습니다</translation>
    </message>
    <message numerus="yes">
        <source>%n more answer(s) and it can learn.</source>
        <translation>
            <numerusform>답변이 %n개 더 있으면 배울 수 있습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>It can learn once the model is loaded.</source>
        <translation>모델을 불러오면 배울 수 있습니다.</translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n minute(s) in the background.</source>
        <translation>
            <numerusform>뒤에서 약 %n분 걸립니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>The last try was not better, so nothing changed: %1.</source>
        <translation>지난번 시도는 더 낫지 않아 아무것도 바뀌지 않았습니다: %1.</translation>
    </message>
    <message>
        <source>Save this taste</source>
        <translation>이 취향 저장</translation>
    </message>
    <message>
        <source>Adapter (*.safetensors)</source>
        <translation>어댑터 (*.safetensors)</translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation>%1(으)로 저장했습니다.</translation>
    </message>
    <message>
        <source>Save all answers</source>
        <translation>모든 답변 저장</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>New profile</source>
        <translation>새 프로필</translation>
    </message>
    <message>
        <source>A taste of its own, with ratings and versions of its own. Its name:</source>
        <translation>따로 평가하고 따로 배우는 취향입니다. 이름:</translation>
    </message>
    <message>
        <source>Forget everything</source>
        <translation>모두 잊기</translation>
    </message>
    <message>
        <source>Forget everything that %1 learned?</source>
        <translation>%1이(가) 배운 모든 것을 잊을까요?</translation>
    </message>
    <message>
        <source>Stars, duels, versions and whatever was made from them are removed. The pictures stay. This cannot be undone.</source>
        <translation>별점, 대결, 버전과 여기서 만들어진 모든 것을 지웁니다. 그림은 남습니다. 되돌릴 수 없습니다.</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>잊기</translation>
    </message>
    <message>
        <source>one picture at a time</source>
        <translation>그림을 한 장씩</translation>
    </message>
    <message>
        <source>pictures at half their size</source>
        <translation>그림을 절반 크기로</translation>
    </message>
    <message>
        <source>slower, to save memory</source>
        <translation>메모리를 아끼려 더 느리게</translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n minute(s) in the background and %1 of memory.</source>
        <translation>
            <numerusform>뒤에서 약 %n분 걸리고 메모리를 %1 씁니다.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n hour(s) in the background and %1 of memory.</source>
        <translation>
            <numerusform>뒤에서 약 %n시간 걸리고 메모리를 %1 씁니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory is short: %1.</source>
        <translation>메모리가 부족합니다: %1.</translation>
    </message>
    <message>
        <source>From the file %1.</source>
        <translation>%1 파일에서 가져왔습니다.</translation>
    </message>
    <message>
        <source>It does not say which model it was made for; its sizes fit this one.</source>
        <translation>어느 모델용인지 적혀 있지 않지만 크기는 이 모델에 맞습니다.</translation>
    </message>
    <message>
        <source>It says of itself: preferred in %1 % (%2 to %3 %) of %4 pictures.</source>
        <translation>파일에 적힌 내용: 그림 %4장 중 %1%(%2~%3%)에서 더 나았다고 합니다.</translation>
    </message>
    <message>
        <source>That was not checked here.</source>
        <translation>여기서 확인하지는 않았습니다.</translation>
    </message>
    <message>
        <source>This version is there already.</source>
        <translation>이미 있는 버전입니다.</translation>
    </message>
    <message>
        <source>Added to the versions. It is not used until you choose Use.</source>
        <translation>버전에 추가했습니다. ‘사용’을 누르기 전에는 쓰지 않습니다.</translation>
    </message>
    <message>
        <source>Learning on the battery can be allowed in the menu above.</source>
        <translation>위 메뉴에서 배터리로도 학습하게 할 수 있습니다.</translation>
    </message>
    <message>
        <source>Learn now</source>
        <translation>지금 학습</translation>
    </message>
    <message>
        <source>This will take long.</source>
        <translation>오래 걸립니다.</translation>
    </message>
    <message>
        <source>Learn anyway</source>
        <translation>그래도 학습</translation>
    </message>
    <message>
        <source>Import a taste</source>
        <translation>취향 가져오기</translation>
    </message>
    <message>
        <source>your blind answers did not prefer it, so it was put back</source>
        <translation>가려 놓고 고른 답이 이 버전을 선호하지 않아 되돌렸습니다</translation>
    </message>
    <message>
        <source>you put it back</source>
        <translation>직접 되돌렸습니다</translation>
    </message>
    <message>
        <source>a newer version took its place before your answers decided</source>
        <translation>답이 모이기 전에 더 새로운 버전이 자리를 대신했습니다</translation>
    </message>
    <message>
        <source>its file is gone, so its trial ended</source>
        <translation>파일이 없어져 시험이 끝났습니다</translation>
    </message>
    <message>
        <source>it belongs to another model, so its trial ended</source>
        <translation>다른 모델의 버전이라 시험이 끝났습니다</translation>
    </message>
    <message>
        <source>Your blind answers preferred the new version of your taste: it stays.</source>
        <translation>가려 놓고 고른 답이 취향의 새 버전을 선호하여 계속 사용합니다.</translation>
    </message>
    <message>
        <source>The trial of the new version of your taste ended: %1.</source>
        <translation>취향의 새 버전 시험이 끝났습니다: %1.</translation>
    </message>
    <message>
        <source>Your taste was learned on another model. Your answers are all still here: learn it for this one.</source>
        <translation>취향은 다른 모델로 배운 것입니다. 답변은 모두 그대로 있으니 이 모델로 다시 배우게 하세요.</translation>
    </message>
    <message>
        <source>It was begun on %1, which is not there any more: cancel it and learn anew.</source>
        <translation>더 이상 없는 %1 모델로 시작했습니다. 취소하고 새로 배우게 하세요.</translation>
    </message>
    <message>
        <source>It waits until %1 is loaded again.</source>
        <translation>%1 모델을 다시 불러올 때까지 기다립니다.</translation>
    </message>
</context>
<context>
    <name>ui::TastePage</name>
    <message>
        <source>New profile…</source>
        <translation>새 프로필…</translation>
    </message>
    <message>
        <source>Save all answers as a file…</source>
        <translation>모든 답변을 파일로 저장…</translation>
    </message>
    <message>
        <source>Forget everything about this profile…</source>
        <translation>이 프로필의 모든 것 잊기…</translation>
    </message>
    <message numerus="yes">
        <source>After %n more answer(s) Fuselight can begin to see your taste.</source>
        <translation>
            <numerusform>답변이 %n개 더 있으면 Fuselight가 취향을 보기 시작할 수 있습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>It cannot tell yet what you like. More answers, or more different pictures, will help.</source>
        <translation>무엇을 좋아하는지 아직 알 수 없습니다. 답변을 더 하거나 더 다양한 그림을 평가하면 도움이 됩니다.</translation>
    </message>
    <message>
        <source>It explains %1 % of the differences between your ratings, checked on pictures it had not seen.</source>
        <translation>평가 차이의 %1%를 설명합니다. 본 적 없는 그림으로 확인한 값입니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n star rating(s)</source>
        <translation>
            <numerusform>별점 %n개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pick(s)</source>
        <translation>
            <numerusform>선택 %n개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n duel(s)</source>
        <translation>
            <numerusform>대결 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>No answers yet. Stars, picks and duels all count.</source>
        <translation>아직 답변이 없습니다. 별점, 선택, 대결 모두 쓰입니다.</translation>
    </message>
    <message>
        <source>How much of your taste is explained</source>
        <translation>설명된 취향의 정도</translation>
    </message>
    <message>
        <source>Taste</source>
        <translation>취향</translation>
    </message>
    <message>
        <source>Profile: %1</source>
        <translation>프로필: %1</translation>
    </message>
    <message>
        <source>More</source>
        <translation>더 보기</translation>
    </message>
    <message>
        <source>Start a duel</source>
        <translation>대결 시작</translation>
    </message>
    <message>
        <source>Two pictures, and which is better: the quickest way to teach your taste</source>
        <translation>두 그림 중 더 좋은 쪽 고르기: 취향을 가르치는 가장 빠른 방법</translation>
    </message>
    <message>
        <source>What it learned</source>
        <translation>배운 것</translation>
    </message>
    <message>
        <source>The answers that taught it most</source>
        <translation>가장 많이 가르쳐 준 답변</translation>
    </message>
    <message>
        <source>In each pair you preferred the first picture.</source>
        <translation>각 쌍에서 첫 번째 그림을 더 좋아했습니다.</translation>
    </message>
    <message>
        <source>A pair that taught much</source>
        <translation>많이 가르쳐 준 쌍</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>버전</translation>
    </message>
    <message>
        <source>Learn on the battery too</source>
        <translation>배터리를 쓸 때도 학습</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>가져오기…</translation>
    </message>
    <message>
        <source>Adds a taste that somebody shared as a .safetensors file; it can also be dropped here. It is checked first, and not used until you say so.</source>
        <translation>누군가 공유한 .safetensors 취향 파일을 추가합니다. 여기에 끌어다 놓아도 됩니다. 먼저 검사하며, 사용하겠다고 하기 전에는 쓰지 않습니다.</translation>
    </message>
</context>
<context>
    <name>ui::TokenLine</name>
    <message>
        <source>Too long to draw: shorten it to 64,000 letters or fewer</source>
        <translation>너무 길어 그릴 수 없습니다. 64,000자 이하로 줄이세요</translation>
    </message>
    <message>
        <source>Words are not counted: the model&apos;s vocabulary could not be read</source>
        <translation>모델의 어휘를 읽지 못해 토큰을 셀 수 없습니다</translation>
    </message>
    <message>
        <source>%1 of %2 tokens · the struck words are not read</source>
        <translation>토큰 %1/%2 · 줄 그은 부분은 읽지 않습니다</translation>
    </message>
    <message>
        <source>%1 of %2 tokens · nearly full</source>
        <translation>토큰 %1/%2 · 거의 찼습니다</translation>
    </message>
    <message>
        <source>%1 of %2 tokens · past %3 the model follows less closely</source>
        <translation>토큰 %1/%2 · %3을 넘으면 모델이 덜 따릅니다</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>토큰 %1/%2</translation>
    </message>
    <message>
        <source>A token is a word or a piece of one, as the model reads it.</source>
        <translation>토큰은 모델이 읽는 단위로, 낱말이나 그 조각입니다.</translation>
    </message>
</context>
<context>
    <name>ui::Toolbar</name>
    <message>
        <source>Menu</source>
        <translation>메뉴</translation>
    </message>
    <message>
        <source>Studio</source>
        <translation>스튜디오</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>라이브러리</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>속성</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Duel</source>
        <translation>대결</translation>
    </message>
    <message>
        <source>Taste</source>
        <translation>취향</translation>
    </message>
</context>
<context>
    <name>ui::TrainingCard</name>
    <message>
        <source>Teach the model</source>
        <translation>모델 가르치기</translation>
    </message>
    <message>
        <source>Waits for its turn</source>
        <translation>차례를 기다리는 중</translation>
    </message>
    <message>
        <source>Looks at your pictures</source>
        <translation>그림을 살펴보는 중</translation>
    </message>
    <message>
        <source>Learns from your ratings</source>
        <translation>평가에서 배우는 중</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>일시 정지됨</translation>
    </message>
    <message>
        <source>Checks whether it got better</source>
        <translation>더 나아졌는지 확인하는 중</translation>
    </message>
    <message>
        <source>It could not learn this time</source>
        <translation>이번에는 배우지 못했습니다</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Learn now</source>
        <translation>지금 배우기</translation>
    </message>
    <message>
        <source>Learns from your ratings in the background. Drawing always goes first, and nothing changes unless it is proven better.</source>
        <translation>뒤에서 평가를 배웁니다. 그리기가 항상 먼저이고, 더 나아졌다고 증명되지 않으면 아무것도 바뀌지 않습니다.</translation>
    </message>
    <message>
        <source>Go on learning</source>
        <translation>계속 배우기</translation>
    </message>
    <message>
        <source>Pause learning</source>
        <translation>배우기 일시 정지</translation>
    </message>
    <message>
        <source>Cancel learning</source>
        <translation>배우기 취소</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Waits until the computer is plugged in</source>
        <translation>전원을 연결할 때까지 기다립니다</translation>
    </message>
</context>
<context>
    <name>ui::TraitRow</name>
    <message>
        <source>You like</source>
        <translation>좋아함</translation>
    </message>
    <message>
        <source>You like less</source>
        <translation>덜 좋아함</translation>
    </message>
    <message>
        <source>Pictures you like for it: %1</source>
        <translation>이 점이 마음에 드는 그림: %1</translation>
    </message>
    <message>
        <source>Pictures you like less: %1</source>
        <translation>덜 좋아하는 그림: %1</translation>
    </message>
    <message>
        <source>Makes up %1 % of what Fuselight sees in your ratings</source>
        <translation>Fuselight가 평가에서 본 것의 %1%를 차지합니다</translation>
    </message>
</context>
<context>
    <name>ui::TrashCommand</name>
    <message>
        <source>Delete picture</source>
        <translation>그림 삭제</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n pictures</source>
        <translation>
            <numerusform>그림 %n장 삭제</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::VersionEvidence</name>
    <message>
        <source>Before and after</source>
        <translation>전과 후</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>버전 %1</translation>
    </message>
    <message>
        <source>Version whose pictures are shown: %1</source>
        <translation>그림을 보여 주는 버전: %1</translation>
    </message>
    <message>
        <source>Each pair is one prompt from the same seed: without it, and with it.</source>
        <translation>한 쌍은 같은 시드, 같은 프롬프트입니다. 왼쪽은 적용 전, 오른쪽은 적용 후입니다.</translation>
    </message>
    <message>
        <source>There are no pictures of its evaluation.</source>
        <translation>평가 그림이 없습니다.</translation>
    </message>
    <message>
        <source>Pictures without and with version %1</source>
        <translation>버전 %1 적용 전과 후의 그림</translation>
    </message>
</context>
<context>
    <name>ui::VersionRow</name>
    <message>
        <source>The model as it came</source>
        <translation>원래 모델</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>버전 %1</translation>
    </message>
    <message numerus="yes">
        <source>from %n answer(s)</source>
        <translation>
            <numerusform>답변 %n개로 학습</numerusform>
        </translation>
    </message>
    <message>
        <source>Always there to go back to</source>
        <translation>언제든 되돌아갈 수 있음</translation>
    </message>
    <message>
        <source>not better, so it is not used</source>
        <translation>더 낫지 않아 쓰지 않음</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>메모</translation>
    </message>
    <message>
        <source>Note on version %1</source>
        <translation>버전 %1에 대한 메모</translation>
    </message>
    <message>
        <source>Kept for good; click to let it go in time</source>
        <translation>계속 보관됨. 클릭하면 나중에 정리될 수 있습니다</translation>
    </message>
    <message>
        <source>Keep for good</source>
        <translation>계속 보관</translation>
    </message>
    <message>
        <source>Save as a file to share</source>
        <translation>공유할 파일로 저장</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>사용 중</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>사용</translation>
    </message>
    <message>
        <source>%1, in use</source>
        <translation>%1, 사용 중</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>%1 사용</translation>
    </message>
    <message>
        <source>from a file, not proven here</source>
        <translation>파일에서 가져옴, 여기서 검증되지 않음</translation>
    </message>
    <message numerus="yes">
        <source>On trial: %1 of %n answer(s) for it</source>
        <translation>
            <numerusform>시험 중: 답 %n개 중 %1개가 이 버전을 골랐습니다</numerusform>
        </translation>
    </message>
    <message>
        <source>On trial: half of your pictures are drawn with it; your stars, picks and duels decide</source>
        <translation>시험 중: 그림의 절반을 이 버전으로 그리며, 별점과 채택, 대결이 결정합니다</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>End the trial and draw as before</source>
        <translation>시험을 끝내고 전처럼 그리기</translation>
    </message>
    <message>
        <source>End the trial of %1 and draw as before</source>
        <translation>%1의 시험을 끝내고 전처럼 그리기</translation>
    </message>
    <message>
        <source>Take now</source>
        <translation>지금 사용</translation>
    </message>
    <message>
        <source>End the trial and draw with this version only</source>
        <translation>시험을 끝내고 이 버전으로만 그리기</translation>
    </message>
    <message>
        <source>End the trial and use %1</source>
        <translation>시험을 끝내고 %1 사용</translation>
    </message>
    <message>
        <source>Made for %1: the model that is loaded cannot draw with it</source>
        <translation>%1 모델용이라 지금 불러온 모델로는 그릴 수 없습니다</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>대기 중</translation>
    </message>
</context>
<context>
    <name>ui::Welcome</name>
    <message>
        <source>What will you draw?</source>
        <translation>무엇을 그려 볼까요?</translation>
    </message>
    <message>
        <source>Write a prompt at the left, or start with one of these.</source>
        <translation>왼쪽에 프롬프트를 쓰거나 아래에서 골라 시작하세요.</translation>
    </message>
    <message>
        <source>Draw “%1”</source>
        <translation>“%1” 그리기</translation>
    </message>
    <message>
        <source>Draw this</source>
        <translation>이것을 그리기</translation>
    </message>
</context>
<context>
    <name>ui::WinRateBar</name>
    <message>
        <source>%1. The tick in the middle is chance.</source>
        <translation>%1. 가운데 눈금은 우연입니다.</translation>
    </message>
    <message numerus="yes">
        <source>Preferred to the model as it came in %1 % (%2 to %3 %), judged on %n picture(s)</source>
        <translation>
            <numerusform>원래 모델보다 %1%에서 더 좋음 (%2~%3%), 그림 %n장으로 판정</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ZoomPlate</name>
    <message>
        <source>%1 %</source>
        <extracomment>Zoom of a picture in per cent</extracomment>
        <translation>%1%</translation>
    </message>
    <message>
        <source>All pictures of this batch</source>
        <translation>함께 그린 그림 모두 보기</translation>
    </message>
    <message>
        <source>All pictures of this batch (Enter)</source>
        <translation>함께 그린 그림 모두 보기 (Enter)</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>축소</translation>
    </message>
    <message>
        <source>Zoom out (Ctrl+-)</source>
        <translation>축소 (Ctrl+-)</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>확대</translation>
    </message>
    <message>
        <source>Zoom in (Ctrl++)</source>
        <translation>확대 (Ctrl++)</translation>
    </message>
    <message>
        <source>Actual pixels</source>
        <translation>실제 픽셀</translation>
    </message>
    <message>
        <source>One pixel of the picture on one pixel of the screen (Ctrl+1)</source>
        <translation>그림 한 픽셀을 화면 한 픽셀로 보기 (Ctrl+1)</translation>
    </message>
    <message>
        <source>Fit to window</source>
        <translation>창에 맞춤</translation>
    </message>
    <message>
        <source>Fit to window (Ctrl+0)</source>
        <translation>창에 맞춤 (Ctrl+0)</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>배율</translation>
    </message>
</context>
</TS>
